import logging
import re
import socket
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as project
from django.db import connection

from activities import history
from activities.api import submissions
from activities.api.problem_types import PROBLEM_TYPES
from activities.recording import StoreBusy
from activity_history import problem_pages
from config.logging import TerseFormatter
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import stored

NO_PATH = "There is no such path: they are listed under /api/docs/, and an id is a UUID."
FAILED = "The service failed. If it fails again, report the correlationId."
SECRET = "Ruta Haile of 7 Elm Row"
ROOT = Path(project.BASE_DIR)
APPS = ("activities", "activity_history")


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the service writes to its log."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(TerseFormatter("%(levelname)s %(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield text
    for logger in loggers:
        logger.removeHandler(handler)


def fail(*_: Any, **__: Any) -> Any:
    raise LookupError(f"no row for {SECRET}")


def test_no_problem_is_undescribed() -> None:
    code = "".join(path.read_text() for app in APPS for path in ROOT.glob(f"{app}/**/*.py"))
    used = set(re.findall(r'Problem\(\s*"([a-z-]+)"', code))
    assert used
    assert used <= set(PROBLEM_TYPES)


def test_every_problem_is_met_with_in_the_code_and_in_a_test() -> None:
    declared = ROOT / "activities/api/problem_types.py"
    code = "".join(path.read_text() for path in ROOT.glob("activities/api/*.py") if path != declared)
    tests = "".join(path.read_text() for path in ROOT.glob("tests/activit*/**/*.py"))
    assert [slug for slug in PROBLEM_TYPES if f'"{slug}"' not in code] == []
    assert [slug for slug in PROBLEM_TYPES if f'"{slug}"' not in tests] == []


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("slug", PROBLEM_TYPES)
def test_every_problem_has_its_page(slug: str, slash: str) -> None:
    response = CheckedClient().get(f"/api/docs/problems/{slug}{slash}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert f">{PROBLEM_TYPES[slug].title}</h1>" in response.text.replace("&#x27;", "'")


@pytest.mark.parametrize("path", ["/api/docs/problems", "/api/docs/problems/"])
def test_every_problem_is_listed(path: str) -> None:
    page = CheckedClient().get(path).text
    assert [slug for slug in PROBLEM_TYPES if f'href="/api/docs/problems/{slug}"' not in page] == []


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api", "/api/", "/api/v1", "/api/v1/nowhere/", "/api/v2/activities", "/api/docs/problems/no"]
)
def test_unknown_path(path: str) -> None:
    assert said(CheckedClient().get(path)) == problem("not-found", NO_PATH, instance=path)


@pytest.mark.parametrize("path", ["/", "/api/v1/activities", "/api/v1/nowhere", "/api/docs", "/admin/"])
@pytest.mark.parametrize("host", ["elsewhere.example", "local host", "localhost:port", "[::1"])
def test_host_that_is_not_ours(path: str, host: str) -> None:
    detail = "This Host is not answered: whoever runs the service adds it to ALLOWED_HOSTS."
    response = CheckedClient().get(path, headers={"Host": host})
    # An address under a host that is not ours would lead elsewhere.
    bare = {"type": "/api/docs/problems/bad-request"}
    assert said(response) == {**problem("bad-request", detail, instance=path), **bare}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/activities", "GET, POST, HEAD, OPTIONS"),
        ("PATCH", "/api/v1/activities/", "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "/api/v1/activityHistory", "GET, POST, HEAD, OPTIONS"),
        ("PUT", "/api/v1/activities/57687df6-ef16-5fd7-ab69-5048d09ebe5e", "GET, HEAD, OPTIONS"),
        ("DELETE", "/api/v1/activities/57687df6ef165fd7ab695048d09ebe5e", "GET, HEAD, OPTIONS"),
        ("POST", "/api/v1/activities/57687df6-ef16-5fd7-ab69-5048d09ebe5e", "GET, HEAD, OPTIONS"),
        ("BREW", "/api/v1/activities", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/api/schema", "GET, HEAD, OPTIONS"),
        ("TRACE", "/api/docs", "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/api/docs/problems", "GET, HEAD"),
        ("TRACE", "/api/docs/problems/not-found", "GET, HEAD"),
        ("TRACE", "/", "GET, HEAD"),
        ("TRACE", "/admin", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("TRACE", "/admin/login/", "GET, POST, PUT, HEAD, OPTIONS"),
        ("POST", "/static/admin/css/base.css", "GET, HEAD"),
        ("OPTIONS", "/static/admin/css/base.css", "GET, HEAD"),
    ],
)
def test_method_that_is_not_allowed(api: CheckedClient, method: str, path: str, allowed: str) -> None:
    response = api.request(method, path)
    detail = "Use one of the methods in the Allow header."
    assert said(response) == problem("method-not-allowed", detail, instance=path)
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/", "/api/docs?script=", "/api/schema", "/api/schema/"])
def test_documents_name_their_methods(path: str) -> None:
    response = CheckedClient().options(path)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("range_", ["bytes=0-5", "bytes=99999999-", "nonsense"])
def test_files_are_served_whole(range_: str) -> None:
    path = "/static/admin/css/base.css"
    whole = CheckedClient().get(path)
    part = CheckedClient().get(path, headers={"Range": range_})
    assert (part.status_code, part.content) == (200, whole.content)


@pytest.mark.parametrize("path", ["/api/schema", "/admin/login/"])
def test_more_parameters_than_are_read(db: None, path: str) -> None:
    response = CheckedClient().get(f"{path}?{'next=&' * 1001}")
    detail = "The request cannot be read: correct its parameters, its headers or its form, and send it again."
    assert said(response) == problem("bad-request", detail, instance=path)


def test_form_from_elsewhere() -> None:
    response = CheckedClient().post("/admin/login/", data={"username": "x", "password": "y"})
    detail = "The form did not come from its own page, or its page is too old: open the page again and send it anew."
    assert said(response) == problem("forbidden", detail, instance="/admin/login/")


def test_failure_says_nothing_of_its_cause(api: CheckedClient, monkeypatch: pytest.MonkeyPatch, log: StringIO) -> None:
    stored(target_id="t-1")
    monkeypatch.setattr(history, "page", fail)
    response = api.about("t-1", **{"type": SECRET})
    assert said(response) == problem("internal-error", FAILED)
    assert "ERROR activities An unforeseen error.\nbuiltins.LookupError\n  " in log.getvalue()
    assert SECRET not in log.getvalue() + response.text


def test_failure_of_a_page(monkeypatch: pytest.MonkeyPatch, log: StringIO) -> None:
    monkeypatch.setattr(problem_pages, "render", fail)
    response = CheckedClient().get("/api/docs/problems")
    assert said(response) == problem("internal-error", FAILED, instance="/api/docs/problems")
    assert "builtins.LookupError\n  " in log.getvalue()
    assert SECRET not in log.getvalue() + response.text


def test_writers_in_the_way(api: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise StoreBusy

    monkeypatch.setattr(submissions, "record", busy)
    response = api.record(activity())
    detail = "Other writers were in the way: send the same request again, it is safe to repeat."
    assert said(response) == problem("unavailable", detail)
    assert response.headers["retry-after"] == "1"


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[CheckedClient]:
    """Nothing listens where the database should be; call `connection.close()` to notice."""
    api = CheckedClient(token(*ALL_SCOPES))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        changed = {"HOST": "127.0.0.1", "PORT": str(unused.getsockname()[1])}
        with monkeypatch.context() as patch:
            for name, value in changed.items():
                patch.setitem(connection.settings_dict, name, value)
            yield api
    connection.close()


@pytest.mark.parametrize("remembered", [True, False])
def test_database_out_of_reach(cut_off: CheckedClient, log: StringIO, remembered: bool) -> None:
    if remembered:
        assert cut_off.about("t-1").status_code == 404
    connection.close()
    detail = "The database cannot be reached: send the same request again in a moment."
    answers: list[httpx.Response] = [
        cut_off.about("t-1"),
        cut_off.get("/api/v1/activities"),
        cut_off.record(activity()),
    ]
    for response in answers:
        assert said(response) == problem("unavailable", detail)
        assert response.headers["retry-after"] == "5"
    assert "ERROR activities The database cannot be reached.\ndjango.db.utils.OperationalError\n" in log.getvalue()
    assert "127.0.0.1" not in log.getvalue() + "".join(response.text for response in answers)
