"""Typed readers of the environment. A bad value stops the start with one line that names it and its cure."""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable without surrounding white space; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


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
