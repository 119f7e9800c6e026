"""Guessing at passwords ends after five, and nothing that was typed is kept or told."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils import timezone

from activity_history.guessing import client_address

GOOD, BAD = "a good password", "a bad password"


@pytest.fixture(autouse=True)
def _officer(db: None) -> None:
    for name in ("officer", "other"):
        User.objects.create_user(name, password=GOOD, is_staff=True)


def sign_in(password: str, *, name: str = "officer", address: str = "10.0.0.1", path: str = "/sign-in") -> Any:
    return Client(REMOTE_ADDR=address).post(path, {"username": name, "password": password})


def guess(times: int, **how: str) -> list[int]:
    return [sign_in(BAD, **how).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/"])
def test_after_five_wrong_passwords_the_right_one_is_refused_too(path: str) -> None:
    assert guess(5, path=path) == [200, 200, 200, 200, 429]
    refused = sign_in(GOOD, path=path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "Nobody can sign in with this username from here for 15 minutes." in refused.content.decode()
    assert "default-src 'self'" in refused.headers["Content-Security-Policy"]
    assert sign_in(GOOD, path="/sign-in").status_code == 429


def test_capital_letters_make_no_other_name() -> None:
    assert [*guess(2), *guess(3, name="OFFICER")] == [200, 200, 200, 200, 429]


def test_other_names_and_other_addresses_are_not_held_up() -> None:
    guess(6)
    assert sign_in(GOOD, name="other").status_code == 302
    assert sign_in(GOOD, address="10.0.0.2").status_code == 302


def test_after_a_quarter_of_an_hour_it_is_open_again() -> None:
    guess(6)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in(GOOD).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_success_forgets_what_was_wrong_before() -> None:
    guess(4)
    assert sign_in(GOOD).status_code == 302
    assert guess(5) == [200, 200, 200, 200, 429]


def test_what_was_typed_is_neither_kept_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    guess(5, name="my secret password")
    kept = str(AccessAttempt.objects.values())
    assert "secret" not in kept + caplog.text
    assert BAD not in kept + caplog.text
    told = [(one.levelname, one.getMessage()) for one in caplog.records if not one.name.startswith("axes")]
    assert told == [("ERROR", "Too many wrong passwords: sign-in is closed for a while to one name at one address.")]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.9"),
        (0, "192.0.2.1", "10.0.0.9"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "198.51.100.7, 192.0.2.1", "192.0.2.1"),
        (2, "198.51.100.7, 192.0.2.1, 10.0.0.8", "192.0.2.1"),
        (1, None, "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "192.0.2.1, nonsense", "10.0.0.9"),
        (2, "192.0.2.1", "10.0.0.9"),
        (1, "2001:db8:0::1", "2001:db8::"),
        (1, "2001:db8::ffff:1", "2001:db8::"),
        (1, "2001:db8:0:1::1", "2001:db8:0:1::"),
        (1, "[2001:db8::1]:4711", "2001:db8::"),
        (1, "[2001:db8::1]", "2001:db8::"),
        (1, "192.0.2.1:4711", "192.0.2.1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
        (1, "[::ffff:192.0.2.1]:4711", "192.0.2.1"),
        (1, "fe80::1%eth0", "fe80::"),
        (1, "192.0.2.1:port", "10.0.0.9"),
    ],
)
def test_of_forwarded_addresses_that_which_our_own_proxy_wrote_is_taken(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    named = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert client_address(RequestFactory(REMOTE_ADDR="10.0.0.9").get("/", headers=named)) == address


def test_all_addresses_of_one_network_are_one_guesser() -> None:
    codes = [guess(1, address=f"2001:db8::{number}")[0] for number in range(1, 6)]
    assert codes == [200, 200, 200, 200, 429]
    assert sign_in(GOOD, address="2001:db8:0:1::1").status_code == 302


def test_many_addresses_that_a_guesser_writes_do_not_help(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    codes = [
        Client(REMOTE_ADDR="10.0.0.9")
        .post(
            "/sign-in",
            {"username": "officer", "password": BAD},
            headers={"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.1"},
        )
        .status_code
        for n in range(5)
    ]
    assert codes == [200, 200, 200, 200, 429]
