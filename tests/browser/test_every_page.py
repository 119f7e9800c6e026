"""What holds of every page and state: nothing that axe finds wrong, and no scrolling sideways on a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import ENTRY, SHORT, Open

pytestmark = pytest.mark.django_db
HISTORY = f"/history/{SHORT}"
STATES = {
    "home": ("/", None),
    "problems": ("/api/docs/problems", None),
    "problem": ("/api/docs/problems/too-broad", None),
    "sign-in": ("/sign-in", None),
    "not found": ("/nowhere", None),
    "home of officer": ("/", "officer"),
    "search": ("/history/", "officer"),
    "search without id": ("/history/?target=", "officer"),
    "history": (HISTORY, "officer"),
    "history of nothing": ("/history/nothing", "officer"),
    "history filtered": (f"{HISTORY}?type=update&dateFrom=2026-03-27", "officer"),
    "nothing fits": (f"{HISTORY}?type=migrate", "officer"),
    "bad filters": (f"{HISTORY}?type=a%20b&author=x&dateFrom=soon", "officer"),
    "entry": (f"{HISTORY}/{ENTRY}", "officer"),
    "entry not here": (f"{HISTORY}/00000000-0000-4000-8000-000000000000", "officer"),
    "forbidden": (HISTORY, "newcomer"),
}


def check(page: Page) -> None:
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
    assert found == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    # A sheet of paper.
    page.set_viewport_size({"width": 720, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == 720


@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_narrow(open_page: Open, state: str) -> None:
    address, user = STATES[state]
    check(open_page(address, user=user))


def test_history_with_everything_open(open_page: Open) -> None:
    page = open_page(HISTORY, user="officer")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    check(page)


def test_sign_in_with_an_error(open_page: Open) -> None:
    page = open_page("/sign-in")
    page.get_by_role("button", name="Sign in").click()
    check(page)


@pytest.mark.parametrize("address", ["/api/docs", "/admin/login/"])
def test_pages_of_others_work_under_our_policy(open_page: Open, address: str) -> None:
    """`open_page` fails on what the browser says against them."""
    open_page(address).wait_for_load_state("networkidle")
