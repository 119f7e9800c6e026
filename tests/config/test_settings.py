"""The settings as a start reads them, in a process of their own or loaded anew under another name."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(settings.BASE_DIR)
STRONG = "correct-horse-battery-staple-0123456789-ABCDEFGHIJKL"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *("PUBLIC_URL", "ALLOWED_HOSTS", "CORS_ALLOWED_ORIGINS", "SECRET_KEY_FALLBACKS", "TOKEN_ISSUERS"),
        *("COUNCIL_NAME", "COUNCIL_COLOUR", "COUNCIL_LOGO", "PAYMENT_HOSTS", "EMBED_ALLOWED_ORIGINS"),
        "DATABASE_REPLICA_URL",
        *("LOG_FORMAT", "LOG_LEVEL"),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", STRONG)
    monkeypatch.setenv("DATABASE_URL", "postgresql://ruta@db.example/history")


def read() -> dict[str, Any]:
    return runpy.run_path(str(BASE_DIR / "config" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PUBLIC_URL", "history.example", "PUBLIC_URL: 'history.example' must be like https://"),
        ("CORS_ALLOWED_ORIGINS", "*", "CORS_ALLOWED_ORIGINS: '*' must be like https://"),
        ("SECRET_KEY", "weak", "SECRET_KEY is too weak: take at least 50 random characters"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL cannot be read: write it as postgresql://"),
        ("DATABASE_REPLICA_URL", "nonsense", "DATABASE_REPLICA_URL cannot be read: write it as postgresql://"),
        ("TOKEN_ISSUERS", "nonsense", "TOKEN_ISSUERS: Invalid JSON"),
        ("PAYMENT_HOSTS", "*", "PAYMENT_HOSTS: '*' must be a whole host name, like payments.council.example."),
        ("EMBED_ALLOWED_ORIGINS", "*", "EMBED_ALLOWED_ORIGINS: '*' must be like https://"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: 'xml' must be one of text, json."),
        ("LOG_LEVEL", "info", "LOG_LEVEL: 'info' must be one of INFO, WARNING, ERROR."),
        ("COUNCIL_COLOUR", "#ffdd00", "COUNCIL_COLOUR: white letters on #ffdd00 have a contrast of 1.35 and need 4.5"),
        ("COUNCIL_LOGO", "none.svg", "COUNCIL_LOGO: 'none.svg' must be an address that begins with https://"),
    ],
)
def test_bad_value_stops_the_start_with_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_command_shows_the_line_alone() -> None:
    environment = {**os.environ, "PUBLIC_URL": "history.example"}
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "PUBLIC_URL: 'history.example' must be like https://history.council.example, with no path behind it.\n"
    )


def test_public_address_over_https_closes_what_http_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://history.council.example")
    given = read()
    closed = {name: given[name] for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")}
    assert set(closed.values()) == {True}
    assert given["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert given["CSRF_TRUSTED_ORIGINS"] == ["https://history.council.example"]
    assert "history.council.example" in given["ALLOWED_HOSTS"]


@pytest.mark.parametrize("address", ["http://10.0.0.5:8080", "http://[fe80::1]:8080", "http://[fe80::1]"])
def test_public_host_is_allowed_without_its_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", address)
    assert address.removeprefix("http://").removesuffix(":8080") in read()["ALLOWED_HOSTS"]


def test_debug_is_off_and_no_origin_is_let_in_unless_told() -> None:
    given = read()
    assert (given["DEBUG"], given["CORS_ALLOWED_ORIGINS"], given["TOKEN_ISSUERS"]) == (False, [], [])


def test_nobody_is_paid_or_embeds_pages_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given = read()
    assert (given["PAYMENT_HOSTS"], given["EMBED_ALLOWED_ORIGINS"]) == ([], [])
    monkeypatch.setenv("PAYMENT_HOSTS", "Payments.Council.example, pay.example")
    monkeypatch.setenv("EMBED_ALLOWED_ORIGINS", "https://portal.example/")
    given = read()
    assert given["PAYMENT_HOSTS"] == ["payments.council.example", "pay.example"]
    assert given["EMBED_ALLOWED_ORIGINS"] == ["https://portal.example"]


def test_middleware_of_pages_is_all_wrapped() -> None:
    of_django = [name for name in settings.MIDDLEWARE if name.startswith("django.")]
    assert of_django == ["django.middleware.security.SecurityMiddleware"]


def test_pictures_are_loaded_from_here_and_from_where_the_logo_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_LOGO", "activity_history/icon.svg")
    given = read()
    assert given["COUNCIL_LOGO"] == "/static/activity_history/icon.svg"
    assert given["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"] == ["'self'"]
    monkeypatch.setenv("COUNCIL_LOGO", "https://www.council.example/logo.svg")
    given = read()
    assert given["COUNCIL_LOGO"] == "https://www.council.example/logo.svg"
    assert given["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["img-src"] == ["'self'", "https://www.council.example"]
