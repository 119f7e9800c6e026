"""Who may open which page."""

import re
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests.activity_history.staff import BROWSER, see, staff
from tests.stored import stored

ENTRY = "00000000-0000-4000-8000-000000000000"
PAGES = ["/history", "/history/", "/history/t-1", "/history/t-1?type=end", f"/history/t-1/{ENTRY}"]


@pytest.fixture(autouse=True)
def _something(db: None) -> None:
    stored(target_id="t-1")


@pytest.mark.parametrize("address", PAGES)
def test_nobody_is_asked_to_sign_in_and_comes_back(address: str) -> None:
    for client in (Client(), staff("view_activity", active=False)):
        answer = client.get(address, headers={"Accept": BROWSER})
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/sign-in?next={address.replace('?', '%3F').replace('=', '%3D')}"


@pytest.mark.parametrize("permissions", [(), ("view_author", "view_held", "view_sensitive")])
@pytest.mark.parametrize("address", PAGES)
def test_who_may_not_view_activities_is_told_in_words(address: str, permissions: tuple[str, ...]) -> None:
    page = see(staff(*permissions), address)
    assert page.status == 403
    assert "You may not see this page" in page.text
    assert "Okafor" not in page.html


def test_who_may_not_signs_out_or_comes_back_as_someone_else() -> None:
    client = staff()
    client.handler.enforce_csrf_checks = True
    page = see(client, "/history/t-1?type=end&domain=a%26b")
    assert page.link("sign in with another account") == "/sign-in?next=%2Fhistory%2Ft-1%3Ftype%3Dend%26domain%3Da%2526b"
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.html)
    assert client.post("/sign-out", {"csrfmiddlewaretoken": token}).status_code == 302
    assert see(client, "/").link("Sign in") == "/sign-in"


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_not_kept_by_browsers_or_proxies(address: str) -> None:
    answer = staff("view_activity").get(address)
    assert answer.status_code in (200, 404)
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_read_only(address: str) -> None:
    answer = staff("view_activity").post(address)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("lost", ["django_session", "auth_user", "activity"])
def test_database_that_has_gone_is_told_in_words(lost: str) -> None:
    client = staff("view_activity")
    client.raise_request_exception = False

    def gone(execute: Any, sql: str, *rest: Any) -> Any:
        if f'FROM "{lost}"' in sql:
            raise OperationalError("connection to 10.0.0.5 failed")
        return execute(sql, *rest)

    with connection.execute_wrapper(gone):
        page = see(client, "/history/t-1")
    assert page.status == 503
    assert "Sorry, the service is not available for the moment" in page.text
    assert "10.0.0.5" not in page.html
