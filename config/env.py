"""Typed readers of the environment. A bad value stops the start with one line that names it and its cure."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable without surrounding white space; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def one_of(name: str, choices: Sequence[str], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name}: {value!r} must be one of {', '.join(choices)}.")
    return value


def words(name: str, default: list[str] | None = None) -> list[str]:
    """A comma-separated list."""
    given = [word.strip() for word in text(name).split(",")]
    return [word for word in given if word] or list(default or [])


def hosts(name: str, default: list[str]) -> list[str]:
    """A comma-separated list of host names; one that begins with a dot stands for all below it."""
    given = words(name, default)
    for host in given:
        if not re.fullmatch(r"\*|\[[0-9a-fA-F:.]+\]|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", host, re.ASCII):
            raise ImproperlyConfigured(f"{name}: {host!r} must be a host name alone, like history.council.example.")
    return given


def host_names(name: str) -> list[str]:
    """A comma-separated list of whole host names, in lower case: none that stands for others."""
    given = words(name)
    for host in given:
        if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", host, re.ASCII):
            raise ImproperlyConfigured(f"{name}: {host!r} must be a whole host name, like payments.council.example.")
    return [host.lower() for host in given]


def web_address(name: str, default: str) -> str:
    """`http://host[:port]` or `https://host[:port]`, without a path."""
    value = text(name, default)
    return _origin(name, value)


def web_origins(name: str) -> list[str]:
    """A comma-separated list of origins, as browsers send them."""
    return [_origin(name, value) for value in words(name)]


def _origin(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {value!r} is no web address: {error}.") from None
    host = parts.hostname or ""
    bare = f"{parts.scheme}://" + (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    if parts.scheme not in ("http", "https") or not host or "*" in host or value.rstrip("/").lower() != bare:
        raise ImproperlyConfigured(
            f"{name}: {value!r} must be like https://history.council.example, with no path behind it."
        )
    return bare


def secret(name: str, generated: str) -> str:
    """A key of at least 50 characters, or the one generated for this copy."""
    return _strong(name, text(name, generated))


def secrets(name: str) -> list[str]:
    """A comma-separated list of such keys."""
    return [_strong(name, value) for value in words(name)]


def _strong(name: str, value: str) -> str:
    if len(value) < 50 or len(set(value)) < 10:
        raise ImproperlyConfigured(
            f"{name} is too weak: take at least 50 random characters, for example from "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'`."
        )
    return value


def whole_number(name: str, default: int, *, smallest: int, largest: int) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not smallest <= int(value) <= largest:
        raise ImproperlyConfigured(f"{name}: {value!r} must be a whole number from {smallest} to {largest}.")
    return int(value)


def colour(name: str, default: str) -> str:
    """`#rrggbb`, dark enough for white letters on it: a contrast of 4.5 (WCAG 2.2, success criterion 1.4.3)."""
    value = text(name, default)
    if not re.fullmatch("#[0-9a-fA-F]{6}", value, re.ASCII):
        raise ImproperlyConfigured(f"{name}: {value!r} must be like #12344d: a hash and six hexadecimal digits.")
    contrast = 1.05 / (_luminance(value) + 0.05)
    if contrast < 4.5:
        raise ImproperlyConfigured(
            f"{name}: white letters on {value} have a contrast of {contrast:.2f} and need 4.5: take a darker colour."
        )
    return value.lower()


def _luminance(colour: str) -> float:
    """Of `#rrggbb`, from 0 for black to 1 for white, as WCAG defines it."""
    shares = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def picture(name: str, folder: Path, address: str) -> str:
    """The address of a picture, or nothing: one on the web by https, or a file of `folder`, served at `address`."""
    value = text(name)
    if not value or re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]+)?/[\w./%~-]+", value, re.ASCII):
        return value
    if re.fullmatch(r"(?![./])[\w./-]+", value, re.ASCII) and ".." not in value and (folder / value).is_file():
        return f"{address}{value}"
    raise ImproperlyConfigured(
        f"{name}: {value!r} must be an address that begins with https://, or the path of a file below {folder.name}/."
    )
