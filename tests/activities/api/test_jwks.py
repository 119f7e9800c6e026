"""An issuer that publishes its keys, as a real server of this machine."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, time
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from activities.access import READ
from activities.api import issuers
from activities.api.authentication import forget_tokens
from activities.api.issuer_settings import read_issuers
from activities.api.issuers import verifiers
from tests.api_client import CheckedClient
from tests.refusals import problem, said
from tests.stored import stored
from tests.tokens import jwk, rsa_key, signed

ISSUER = "https://login.example"
NOT_VALID = "The token is not valid: get a new one from its issuer."
UNREACHABLE = "The issuer's keys cannot be fetched at the moment: send the same request again in a minute."


class Published(ThreadingHTTPServer):
    """Serves `answer` and counts how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: bytes = b""
        self.status = 200
        self.asked = 0
        self.before: Callable[[], object] = lambda: None

    def publish(self, *keys: dict[str, Any]) -> None:
        self.answer, self.status = json.dumps({"keys": keys}).encode(), 200

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One that hangs up on us is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Published

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.before()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Clock:
    """Replaces the clock of the key store."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(issuers, "monotonic", clock)
    return clock


@pytest.fixture
def published() -> Iterator[Published]:
    with Published() as server:
        server.publish(jwk("k-1"))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _accepted(db: None, settings: Settings, published: Published, clock: Clock) -> Iterator[None]:
    use(settings, published.server_port)
    stored(target_id="t-1")
    yield
    verifiers.cache_clear()


def use(settings: Settings, port: int) -> None:
    entry = {"issuer": ISSUER, "algorithm": "RS256", "jwks_url": f"http://127.0.0.1:{port}/jwks"}
    settings.TOKEN_ISSUERS = read_issuers(json.dumps([entry]))
    verifiers.cache_clear()


def ask(key_id: str | None = "k-1", number: int = 0, algorithm: str = "RS256") -> httpx.Response:
    """With a new token, signed by the key of that number."""
    forget_tokens()
    headers = {"kid": key_id} if key_id else {}
    claims = {"iss": ISSUER, "exp": int(time()) + 3600, "scope": READ}
    key = rsa_key(number) if algorithm.startswith("RS") else "k" * 64
    return CheckedClient(signed(claims, key, algorithm, **headers)).about("t-1")


def refused(response: httpx.Response) -> bool:
    assert said(response) == problem("unauthenticated", NOT_VALID)
    return True


def unreachable(response: httpx.Response) -> bool:
    assert said(response) == problem("unavailable", UNREACHABLE)
    assert response.headers["retry-after"] == "60"
    return True


def test_published_keys_are_fetched_once(published: Published) -> None:
    published.publish(jwk("k-0", 1), jwk("k-1"))
    assert [ask().status_code for _ in range(3)] == [200] * 3
    assert ask("k-0", 1).status_code == 200
    assert published.asked == 1


def test_only_the_named_key_and_the_pinned_algorithm_are_good(published: Published) -> None:
    published.publish(jwk("k-0", 1), jwk("k-1"))
    assert refused(ask("k-0"))
    assert refused(ask("k-1", 1))
    assert refused(ask(algorithm="RS512"))
    assert refused(ask(algorithm="HS256"))
    assert refused(ask(None))


def test_unknown_key_is_looked_for_at_most_once_a_minute(published: Published, clock: Clock) -> None:
    assert ask().status_code == 200
    clock.now += 59.9
    assert refused(ask("k-2", 1))
    assert published.asked == 1
    published.publish(jwk("k-1"), jwk("k-2", 1))
    clock.now += 0.1
    assert ask("k-2", 1).status_code == 200
    assert refused(ask("k-3", 1))
    assert published.asked == 2
    clock.now += 60
    assert refused(ask("k-3", 1))
    assert published.asked == 3


def test_withdrawn_key_is_refused_after_an_hour(published: Published, clock: Clock) -> None:
    assert ask().status_code == 200
    published.publish(jwk("k-2", 1))
    clock.now += 3599
    assert ask().status_code == 200
    clock.now += 1
    assert refused(ask())


def test_known_keys_stay_good_while_the_server_fails(published: Published, clock: Clock) -> None:
    assert ask().status_code == 200
    published.status = 500
    clock.now += 7200
    assert ask().status_code == 200
    assert refused(ask("k-2", 1))


@pytest.mark.parametrize(
    "answer", [b"<html>", b"", b"[]", b"{}", b'{"keys": []}', b'{"keys": {}}', b'{"keys": [1]}', b"\xff", b"[" * 9_999]
)
def test_answer_that_holds_no_keys_is_as_none(published: Published, clock: Clock, answer: bytes) -> None:
    published.answer = answer
    assert unreachable(ask())
    published.publish(jwk("k-1"))
    assert unreachable(ask())
    assert published.asked == 1
    clock.now += 60
    assert ask().status_code == 200


def test_key_of_another_kind_is_passed_over(published: Published) -> None:
    odd = {"kty": "oct", "k": "c2VjcmV0", "kid": "k-oct"}
    published.publish(odd, {"kty": "new", "kid": "k-new"}, {**jwk("k-enc", 1), "use": "enc"}, jwk("k-1"))
    assert ask().status_code == 200
    for key_id in ("k-oct", "k-new", "k-enc"):
        assert refused(ask(key_id))


def test_server_that_is_down_is_said_to_be_out_of_reach(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    use(settings, port)
    assert unreachable(ask())


def test_connection_cut_in_the_answer_is_out_of_reach(published: Published) -> None:
    published.answer = b"{" * 10

    def cut() -> None:
        raise ConnectionAbortedError

    published.before = cut
    assert unreachable(ask())


@pytest.mark.parametrize("drips", [False, True])
def test_server_that_hangs_is_given_two_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, drips: bool
) -> None:
    """The limit is shortened here; that it is two seconds stands in a constant."""
    assert issuers.JWKS_TIMEOUT_SECONDS == 2
    monkeypatch.setattr(issuers, "JWKS_TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()
        thread = threading.Thread(target=hang, args=(listening, done, drips))
        thread.start()
        use(settings, listening.getsockname()[1])
        began = monotonic()
        assert unreachable(ask())
        took = monotonic() - began
        done.set()
        thread.join()
    assert 0.25 < took < 1


def hang(listening: socket.socket, done: threading.Event, drips: bool) -> None:
    with listening.accept()[0] as connection:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.1):
            if drips:
                try:
                    connection.sendall(b"x-drop: 1\r\n")
                except OSError:
                    return
