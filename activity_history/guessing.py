"""Guessing at passwords is ended: docs/decisions/0035-guessing-ends-after-five-passwords.md. django-axes counts."""

import hashlib
import hmac
import ipaddress
import logging
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from activity_history.council import council

_log = logging.getLogger(__name__)

# With a port as some proxies write it: 192.0.2.1:443 or [2001:db8::1]:443.
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+", re.ASCII)
_BITS_OF_A_HOST = 64


def client_address(request: HttpRequest) -> str:
    """That of whoever called the outermost of our own proxies; what stands left of it anybody may have written.

    Of IPv6 the first address of its network of 64 bits: whoever has one address of it has all of them.
    """
    # Empty where the proxy comes by a socket of the file system.
    nearest: str = request.META.get("REMOTE_ADDR") or "127.0.0.1"
    called = [nearest, *reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(","))]
    try:
        return _key(called[settings.TRUSTED_PROXIES].strip())
    except (IndexError, ValueError):
        # A call that came past the proxies.
        return _key(nearest)


def _key(written: str) -> str:
    """Raises ValueError where it is no address."""
    found = _WITH_PORT.fullmatch(written)
    address = ipaddress.ip_address((found[1] or found[2]) if found else written)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> _BITS_OF_A_HOST << _BITS_OF_A_HOST))


def keyed_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """What stands for the typed name where attempts are counted: a password may have been typed there."""
    name = str((credentials or {}).get("username") or request.POST.get("username", ""))
    return hmac.digest(settings.SECRET_KEY.encode(), name.casefold().encode(), hashlib.sha256).hex()


def locked_out(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = render_to_string("errors/429.html", {"minutes": minutes, **council(None)})
    return HttpResponse(text, status=429, headers={"Retry-After": str(minutes * 60)})


def tell(**about: object) -> None:
    """Of the name and the address nothing is told: `manage.py axes_list_attempts` shows the address."""
    _log.error("Too many wrong passwords: sign-in is closed for a while to one name at one address.")
