"""How long the admin's pages take to open in a large table: each as an analyst's browser asks for it."""

import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from http.cookiejar import CookieJar
from statistics import median
from time import perf_counter
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from benchmarks.bench import Bench
from benchmarks.databases import manage
from benchmarks.dataset import DEEP_TARGET, Dataset, activity_id, target_id
from benchmarks.servers import OURS, Server

_TIMES = 10
_USER = "benchmark-analyst"
_LIST = "/admin/activities/activity/"
_OTHERS = {
    "the first page": "/admin/",
    "authors": "/admin/activities/author/",
    "legal holds": "/admin/activities/legalhold/",
    "purge receipts": "/admin/activities/purgereceipt/",
    "erasure requests": "/admin/activities/erasure/",
    "API clients": "/admin/activities/apiclient/",
    "viewer links": "/admin/activity_history/viewerlink/",
}

Open = Callable[[str], str]


@dataclass(frozen=True)
class Opened:
    """Milliseconds from the request to the whole page: the first time, and of the times after it."""

    page: str
    first_ms: float
    median_ms: float
    slowest_ms: float


def measure(bench: Bench, dataset: Dataset) -> list[Opened]:
    place = replace(bench, database=bench.cluster.filled(dataset))
    print(f"Measuring: the admin's pages, in {dataset.rows:,} rows …", flush=True)
    with place.serving(OURS) as (server,), _analyst(place) as password:
        opener = _signed_in(server, password)

        def open_page(path: str) -> str:
            with opener.open(_url(server, path), timeout=60) as answer:
                return str(answer.read().decode())

        return [_opened(name, path, open_page) for name, path in _pages(dataset, open_page)]


def _pages(dataset: Dataset, open_page: Open) -> Iterator[tuple[str, str]]:
    newest = open_page(_LIST)
    activity = _first(rf'href="({_LIST}[0-9a-f-]{{36}}/change/)"', newest)
    author = _first(r'href="\?author=(\d+)"', newest)
    older = _first(r'href="(\?older=[^"]+)"', newest)
    asked = {
        "activities, of 30 days": "",
        "the page behind them": older,
        "one kind": "?" + urlencode({"targetType": "tenure", "type": "update"}),
        "one domain": "?" + urlencode({"domain": "Process"}),
        "a kind that does not occur": "?" + urlencode({"type": "nothing"}),
        "one author": "?" + urlencode({"author": author}),
        "one target": "?" + urlencode({"target": dataset.some_busy_targets(1)[0]}),
        "a target of very many": "?" + urlencode({"target": target_id(DEEP_TARGET)}),
        "one correlation id": "?" + urlencode({"together": activity_id(0)}),
    }
    yield from ((f"activities: {name}", _LIST + query) for name, query in asked.items())
    yield "one activity", activity
    yield from _OTHERS.items()


def _opened(name: str, path: str, open_page: Open) -> Opened:
    took = []
    for _ in range(1 + _TIMES):
        started = perf_counter()
        open_page(path)
        took.append((perf_counter() - started) * 1000)
    return Opened(name, took[0], median(took[1:]), max(took[1:]))


@contextmanager
def _analyst(place: Bench) -> Iterator[str]:
    """The password of an account that sees all, there for the time of the block."""
    password = secrets.token_urlsafe()
    forget = "DELETE FROM auth_user WHERE username = %s"
    with place.cluster.connect(place.database) as connection:
        connection.execute(forget, [_USER])
        environment = place.cluster.environment(place.database) | {"DJANGO_SUPERUSER_PASSWORD": password}
        manage(environment, "createsuperuser", "--noinput", "--username", _USER, "--email", "")
        try:
            yield password
        finally:
            connection.execute(forget, [_USER])


def _signed_in(server: Server, password: str) -> OpenerDirector:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    address = _url(server, "/admin/login/?next=/admin/")
    with opener.open(address, timeout=60) as form:
        token = _first('name="csrfmiddlewaretoken" value="([^"]+)"', form.read().decode())
    sent = {"csrfmiddlewaretoken": token, "username": _USER, "password": password}
    with opener.open(address, urlencode(sent).encode(), timeout=60) as answer:
        if not answer.url.endswith("/admin/"):
            sys.exit("The admin did not let the benchmark's analyst in, so nothing was measured.")
    return opener


def _first(pattern: str, page: str) -> str:
    if not (found := re.search(pattern, page)):
        sys.exit(f"The admin's page has nothing like {pattern}, so nothing was measured.")
    return unescape(found[1])


def _url(server: Server, path: str) -> str:
    return f"http://127.0.0.1:{server.port}{path}"
