from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

STRONG = "correct-horse-battery-staple-0123456789-ABCDEFGHIJKL"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NAMED", raising=False)


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read()
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("value", "read"), [("a", "a"), ("  a b ", "a b"), ("", "default"), (" \t", "default")])
def test_text_is_stripped_and_empty_is_not_set(monkeypatch: pytest.MonkeyPatch, value: str, read: str) -> None:
    assert env.text("NAMED", "default") == "default"
    monkeypatch.setenv("NAMED", value)
    assert env.text("NAMED", "default") == read


@pytest.mark.parametrize(
    ("value", "read"), [("a", ["a"]), ("a, b ,,c,", ["a", "b", "c"]), ("", ["default"]), (" , ", ["default"])]
)
def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch, value: str, read: list[str]) -> None:
    monkeypatch.setenv("NAMED", value)
    assert env.words("NAMED", ["default"]) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://history.council.example", "https://history.council.example"),
        ("https://history.council.example/", "https://history.council.example"),
        ("HTTPS://History.Council.example:8443", "https://history.council.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_web_address(monkeypatch: pytest.MonkeyPatch, value: str, read: str) -> None:
    monkeypatch.setenv("NAMED", value)
    assert env.web_address("NAMED", "http://localhost") == read
    assert env.web_origins("NAMED") == [read]


@pytest.mark.parametrize(
    "value",
    [
        "history.council.example",
        "ftp://history.council.example",
        "https://",
        "https:///path",
        "https://history.council.example/path",
        "https://history.council.example?x",
        "https://history.council.example#x",
        "https://user:password@history.council.example",
        "https://*.council.example",
        "*",
        "null",
    ],
)
def test_what_is_no_web_address_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", value)
    expected = f"NAMED: {value!r} must be like https://history.council.example, with no path behind it."
    assert refusal(lambda: env.web_address("NAMED", "http://localhost")) == expected
    monkeypatch.setenv("NAMED", f"https://good.example, {value}")
    assert refusal(lambda: env.web_origins("NAMED")) == expected


@pytest.mark.parametrize("value", ["https://host:port", "https://host:99999", "https://[::1"])
def test_what_cannot_be_split_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", value)
    assert refusal(lambda: env.web_address("NAMED", "")).startswith(f"NAMED: {value!r} is no web address: ")


def test_no_origin_is_set_unless_told() -> None:
    assert env.web_origins("NAMED") == []


def test_strong_secret_is_taken_before_the_generated_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.secret("NAMED", STRONG[::-1]) == STRONG[::-1]
    monkeypatch.setenv("NAMED", STRONG)
    assert env.secret("NAMED", STRONG[::-1]) == STRONG


@pytest.mark.parametrize("value", ["secret", STRONG[:49], "a" * 60, "abcdefghi" * 9])
def test_weak_secret_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", value)
    said = refusal(lambda: env.secret("NAMED", STRONG))
    assert said == (
        "NAMED is too weak: take at least 50 random characters, for example from "
        "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'`."
    )


@pytest.mark.parametrize("value", ["history.council.example", ".council.example, 10.0.0.1", "[::1]", "*"])
def test_hosts_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", value)
    assert env.hosts("ALLOWED_HOSTS", []) == [part.strip() for part in value.split(",")]


@pytest.mark.parametrize("value", ["http://a b", "https://history.council.example", "host:8000", "a/b", "ä.example"])
def test_what_is_no_host_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", value)
    with pytest.raises(ImproperlyConfigured, match=r"ALLOWED_HOSTS: .* must be a host name alone"):
        env.hosts("ALLOWED_HOSTS", [])


@pytest.mark.parametrize(
    "value",
    [
        "*",
        ".council.example",
        "*.example",
        "localhost",
        "https://pay.example",
        "pay.example:443",
        "pay.example/",
        "a@b.c",
    ],
)
def test_host_name_that_is_none_or_stands_for_others_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", f"pay.example, {value}")
    assert refusal(lambda: env.host_names("NAMED")) == (
        f"NAMED: {value!r} must be a whole host name, like payments.council.example."
    )


def test_keys_of_before_must_be_strong_too(monkeypatch: pytest.MonkeyPatch) -> None:
    strong = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR"
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{strong}, {strong[::-1]}")
    assert env.secrets("SECRET_KEY_FALLBACKS") == [strong, strong[::-1]]
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{strong},weak")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FALLBACKS is too weak"):
        env.secrets("SECRET_KEY_FALLBACKS")


@pytest.mark.parametrize("value", ["#000000", "#12344D", "#767676", "#d4351c"])
def test_colour_that_white_letters_can_stand_on(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", value)
    assert env.colour("NAMED", "#000000") == value.lower()


@pytest.mark.parametrize(
    ("value", "contrast"), [("#777777", "4.48"), ("#ffffff", "1.00"), ("#ffdd00", "1.35"), ("#00ff00", "1.37")]
)
def test_colour_that_is_too_light(monkeypatch: pytest.MonkeyPatch, value: str, contrast: str) -> None:
    monkeypatch.setenv("NAMED", value)
    assert refusal(lambda: env.colour("NAMED", "#000000")) == (
        f"NAMED: white letters on {value} have a contrast of {contrast} and need 4.5: take a darker colour."
    )


@pytest.mark.parametrize("value", ["red", "#123", "123456", "#12345g", "#1234567", "#12344d; }"])
def test_colour_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NAMED", value)
    assert refusal(lambda: env.colour("NAMED", "#000000")).endswith(
        "must be like #12344d: a hash and six hexadecimal digits."
    )


def test_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "logos").mkdir()
    (tmp_path / "logos" / "crest.svg").touch()
    assert env.picture("NAMED", tmp_path, "/static/") == ""
    for value, address in (
        ("logos/crest.svg", "/static/logos/crest.svg"),
        ("https://cdn.council.example:8443/a/logo%201.png", "https://cdn.council.example:8443/a/logo%201.png"),
    ):
        monkeypatch.setenv("NAMED", value)
        assert env.picture("NAMED", tmp_path, "/static/") == address


@pytest.mark.parametrize(
    "value",
    [
        "none.svg",
        "logos",
        "/etc/passwd",
        "logos/../../x",
        "http://council.example/logo.svg",
        "https://council.example",
        "https://council.example/a b.png",
        "https://council.example/logo.svg; script-src *",
        "data:image/png;base64,AA",
    ],
)
def test_picture_that_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str) -> None:
    (tmp_path / "logos").mkdir()
    monkeypatch.setenv("NAMED", value)
    assert refusal(lambda: env.picture("NAMED", tmp_path, "/static/")).endswith(
        f"must be an address that begins with https://, or the path of a file below {tmp_path.name}/."
    )
