"""The support analyst's desk as a person uses it: from a complaint to a record, without scripts, on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ENTRY, HELD, RECORD, REQUEST, SHORT, Open
from tests.browser.test_every_page import check

pytestmark = pytest.mark.django_db
LIST = "/admin/activities/activity/"
CLIENTS = "/admin/activities/apiclient/"
STATES = {
    "list": (LIST, "analyst"),
    "list of a target": (f"{LIST}?target={RECORD}", "analyst"),
    "list with faults": (f"{LIST}?dateFrom=soon&type=a%20b", "analyst"),
    "record": (f"{LIST}{ENTRY}/change/", "administrator"),
    "authors": ("/admin/activities/author/", "analyst"),
    "who read a history": (f"/admin/activities/readrecord/?q={HELD}", "analyst"),
    "holds": ("/admin/activities/legalhold/", "analyst"),
    "clients": (CLIENTS, "administrator"),
    "new client": (f"{CLIENTS}add/", "administrator"),
}


@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_narrow(open_page: Open, state: str) -> None:
    address, user = STATES[state]
    check(open_page(address, user=user))


def _looked_for(open_page: Open, id: str) -> Page:
    """Two clicks, from the admin's first page."""
    page = open_page("/admin/", user="analyst", scripts=False)
    page.get_by_role("main").get_by_role("link", name="Activities", exact=True).first.click()
    page.get_by_label("The whole id of a target").fill(id)
    page.get_by_role("button", name="Look for it").click()
    return page


@pytest.mark.parametrize("id", [SHORT, REQUEST])
def test_from_a_complaint_to_its_record_in_three_clicks(open_page: Open, id: str) -> None:
    page = _looked_for(open_page, id)
    expect(page.locator(".asked")).to_contain_text(id)
    page.locator("table.activities tbody a").first.click()
    expect(page.get_by_role("heading", name="Before and after")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text(SHORT)
    expect(page.get_by_label("Data before")).to_have_value('{\n    "surname": "Okafor"\n}')


def test_an_activity_id_opens_the_record_itself(open_page: Open) -> None:
    page = _looked_for(open_page, str(ENTRY))
    assert page.url.endswith(f"{ENTRY}/change/")
    page.get_by_role("link", name="What else it did").click()
    assert page.locator("table.activities tbody tr").count() == 3


def test_older_and_newer(open_page: Open) -> None:
    page = open_page(f"{LIST}?target={RECORD}", user="analyst", scripts=False)
    first = page.locator("table.activities .time").all_inner_texts()
    page.get_by_role("link", name="Older").click()
    second = page.locator("table.activities .time").all_inner_texts()
    assert len(first) == len(second) == 50
    assert first[-1] > second[0]
    page.get_by_role("link", name="Newer").click()
    assert page.locator("table.activities .time").all_inner_texts() == first
    expect(page.get_by_role("link", name="Newer")).to_have_count(0)


def test_a_bad_filter_leads_to_its_field(open_page: Open) -> None:
    page = open_page(f"{LIST}?dateFrom=soon", user="analyst")
    page.get_by_role("link", name="“From” must be a real date").click()
    expect(page.get_by_label("From (UTC)")).to_be_focused()


def test_what_is_sensitive_is_withheld(open_page: Open) -> None:
    page = open_page(f"{LIST}?target={HELD}", user="analyst")
    page.locator("table.activities tbody a").first.click()
    expect(page.get_by_text("Its data is sensitive, and not shown to this account.")).to_be_visible()
    check(page)


def test_a_client_gets_a_token_and_is_revoked(open_page: Open) -> None:
    page = open_page(CLIENTS, user="administrator")
    page.get_by_role("link", name="tests").click()
    page.get_by_role("link", name="Issue a token").click()
    page.get_by_label("activities:read").check()
    page.get_by_role("button", name="Issue a token").click()
    assert page.get_by_label("Token").input_value().count(".") == 2
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to tests").click()
    page.get_by_role("link", name="Revoke this client").click()
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Revoke this client").click()
    expect(page.get_by_text("Revoked, with effect within a minute.")).to_be_visible()
    page.get_by_role("link", name="Restore this client").click()
    page.get_by_role("button", name="Restore this client").click()
    expect(page.get_by_text("Restored.")).to_be_visible()
