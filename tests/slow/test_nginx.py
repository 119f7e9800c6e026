"""nginx before one worker: who is slow waits there, and what nginx says itself is as the API would say it."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from activities.access import READ, WRITE
from tests.api_client import token
from tests.live.serving import Server, serving
from tests.nginx import ORIGIN, Nginx, needs_nginx, nginx_before
from tests.shapes import activity

pytestmark = [needs_nginx, pytest.mark.django_db(transaction=True)]

MARKED = "marked-person-7731"
PATH = "/api/v1/activities"
SLOW = 20
EXPOSED = "x-correlation-id, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After"


@pytest.fixture
def bearer() -> str:
    return token(READ, WRITE)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(workers=1, CORS_ALLOWED_ORIGINS=ORIGIN) as one:
        yield one


def client(url: str, bearer: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {bearer}", "Origin": ORIGIN}, timeout=10)


def a_large_history(api: httpx.Client) -> None:
    """Some megabytes about one target, so that no buffer of a socket holds an answer."""
    words = {"text": "word " * 2_000}
    many = [activity(targetId=MARKED, oldData=words, newData=words) for _ in range(200)]
    assert api.post(PATH, json=many, headers={"Prefer": "return=minimal"}).status_code == 201


@contextmanager
def slow_clients(port: int, bearer: str) -> Iterator[None]:
    """Half of them send a body byte by byte, half read an answer so."""
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/json\r\n"
    sending = f"POST {PATH} {head}Content-Length: 100000\r\n\r\n["
    reading = f"GET {PATH}?targetId={MARKED}&pageSize=200 {head}\r\n"
    ended = Event()
    with ExitStack() as opened:
        for request in (sending, reading):
            for _ in range(SLOW):
                one = socket.socket()
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                opened.callback(one.close)
                one.connect(("127.0.0.1", port))
                one.sendall(request.encode())
                one.settimeout(1)
                opened.enter_context(trickling(one, ended, sends=request is sending))
        opened.callback(ended.set)
        yield


@contextmanager
def trickling(one: socket.socket, ended: Event, *, sends: bool) -> Iterator[None]:
    def trickle() -> None:
        while not ended.wait(0.2):
            with suppress(TimeoutError):
                one.sendall(b" ") if sends else one.recv(1)

    thread = Thread(target=trickle)
    thread.start()
    yield
    thread.join()


def test_slow_senders_and_readers_keep_nobody_waiting(server: Server, bearer: str) -> None:
    with nginx_before(server.port) as nginx, client(nginx.url, bearer) as api:
        a_large_history(api)
        with slow_clients(nginx.port, bearer):
            took = []
            for number in range(20):
                began = time.monotonic()
                assert api.post(PATH, json=activity(targetId=f"t-{number}")).status_code == 201
                assert api.get(PATH, params={"targetId": f"t-{number}"}).status_code == 200
                took.append(time.monotonic() - began)
        assert max(took) < 1


def test_without_nginx_one_slow_sender_keeps_all_waiting(server: Server, bearer: str) -> None:
    """Why nginx is there, and that the test above could fail."""
    with slow_clients(server.port, bearer), client(server.url, bearer) as api, pytest.raises(httpx.ReadTimeout):
        api.get(PATH, params={"targetId": "t-1"}, timeout=2)


def test_a_sender_that_falls_silent_is_cut_off(server: Server, bearer: str) -> None:
    with nginx_before(server.port, client_body_timeout=1) as nginx, socket.socket() as silent:
        silent.connect(("127.0.0.1", nginx.port))
        silent.settimeout(5)
        silent.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[".encode())
        with pytest.raises(ConnectionResetError):
            silent.recv(100)


def problem(slug: str, title: str, status: int, detail: str) -> dict[str, Any]:
    address = f"https://history.council.example/api/docs/problems/{slug}"
    known = {"type": address, "title": title, "status": status, "detail": detail}
    return {**known, "instance": PATH, "correlationId": "c-1", "errors": []}


TOO_LARGE = problem(
    "body-too-large",
    "The body is too large",
    413,
    "A body has at most 5242880 bytes: send fewer activities in one request.",
)
UNAVAILABLE = problem(
    "unavailable",
    "Not available at the moment",
    503,
    "The service does not answer: send the same request again in a moment, it is safe to repeat.",
)


def assert_said_as_the_api_would(answer: httpx.Response, expected: dict[str, Any]) -> None:
    assert answer.json() == expected
    assert answer.status_code == expected["status"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("access-control-allow-origin") == [ORIGIN]
    assert answer.headers["access-control-expose-headers"] == EXPOSED
    assert answer.headers.get_list("x-correlation-id") == ["c-1"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers.get("retry-after") == ("5" if expected["status"] == 503 else None)


def ask(nginx: Nginx, bearer: str, **headers: str) -> httpx.Response:
    with client(nginx.url, bearer) as api:
        named = {"x-correlation-id": "c-1", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return api.get(PATH, params={"targetId": MARKED}, headers=named)


def test_a_service_that_is_gone_is_told_as_unavailable(server: Server, bearer: str) -> None:
    with nginx_before(server.port) as nginx:
        server.stop()
        assert_said_as_the_api_would(ask(nginx, bearer), UNAVAILABLE)
        assert "access-control-allow-origin" not in ask(nginx, bearer, Origin="https://foreign.example").headers
        assert ask(nginx, bearer, x_correlation_id='a"b').json()["correlationId"] is None
        page = httpx.get(f"{nginx.url}/history/{MARKED}")
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html")
        link = httpx.get(f"{nginx.url}/my-history/{MARKED}")
        assert MARKED not in link.text + nginx.logged() + page.text
        assert '"status":503' in nginx.logged()


def test_a_service_that_hangs_is_told_as_unavailable(server: Server, bearer: str) -> None:
    with nginx_before(server.port, proxy_read_timeout=1) as nginx, hanging(server):
        assert_said_as_the_api_would(ask(nginx, bearer), UNAVAILABLE)


@contextmanager
def hanging(server: Server) -> Iterator[None]:
    assert server._process is not None
    os.killpg(server._process.pid, signal.SIGSTOP)
    yield
    os.killpg(server._process.pid, signal.SIGCONT)


@pytest.mark.parametrize("bytes_over", [1, 2 * 1024 * 1024], ids=["told by the service", "told by nginx"])
def test_a_body_that_is_too_large_is_told_alike(server: Server, bearer: str, bytes_over: int) -> None:
    with nginx_before(server.port) as nginx, client(nginx.url, bearer) as api:
        named = {"x-correlation-id": "c-1", "content-type": "application/json"}
        body = b" " * (5 * 1024 * 1024 + bytes_over)
        answer = api.post(PATH, content=body, headers=named)
        told = {**TOO_LARGE, "type": answer.json()["type"]}
        assert answer.json()["type"].endswith("/api/docs/problems/body-too-large")
        assert_said_as_the_api_would(answer, told)


def test_a_header_that_is_too_long_is_a_bad_request(server: Server, bearer: str) -> None:
    with nginx_before(server.port) as nginx:
        assert ask(nginx, bearer, x_long="x" * 20_000).json()["status"] == 400


def test_the_service_s_own_answers_pass_unchanged(server: Server, bearer: str) -> None:
    with nginx_before(server.port) as nginx, client(nginx.url, bearer) as api:
        a_large_history(api)
        given = {"x-correlation-id": 'said "so"', "host": "localhost"}
        through = api.get(PATH, params={"targetId": MARKED}, headers=given)
        direct = httpx.get(f"{server.url}{PATH}", params={"targetId": MARKED}, headers={**api.headers, **given})
        assert through.json()["results"] == direct.json()["results"]
        changed = {"server-timing", "date", "content-length", "server", "content-encoding", "transfer-encoding"}
        kept = {name: value for name, value in direct.headers.items() if name not in {*changed, "vary"}}
        assert {name: through.headers[name] for name in kept} == kept
        assert through.headers.get_list("x-correlation-id") == ['said "so"']
        assert through.headers["content-encoding"] == "gzip"
        assert MARKED not in nginx.logged()
