"""Every address that the service knows is asked, so that a new page cannot go without what protects it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admindocs.views import simplify_regex
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            parts = simplify_regex(route).split("/")
            yield "/".join("1" if "<" in part else part for part in parts)


PAGES = sorted({page for page in addresses(get_resolver().url_patterns) if not page.startswith(("/api/v", "/api/h"))})


@pytest.fixture
def chief(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("chief"))
    return client


def test_every_room_is_among_them() -> None:
    assert {"/", "/sign-in", "/history/", "/my-history/1", "/admin/", "/admin/activities/legalhold/add/"} <= {
        page.rstrip("/") if page in ("/sign-in/", "/my-history/1/") else page for page in PAGES
    }


def test_pages_run_nothing_but_our_own_files_and_stand_in_no_others_frame(chief: Client) -> None:
    for page in PAGES:
        headers = chief.get(page, headers={"Accept": "text/html"}).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        inline = {name: value for name, value in policy.items() if "unsafe" in value}
        # The explorer's own styles alone.
        assert (page, inline) == (page, {"style-src": "'self' 'unsafe-inline'"} if page == "/api/docs/" else {})
        # Residents' pages have neither scripts nor forms; what may frame them is set, and is nobody here.
        sources = "'none'" if page.startswith("/my-history/") else "'self'"
        assert (page, policy["default-src"], policy["frame-ancestors"]) == (page, sources, "'none'")
        assert (page, headers["X-Content-Type-Options"]) == (page, "nosniff")
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
