"""What holds of every page and state: nothing that axe finds wrong, and no scrolling sideways on a narrow screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from activity_history.council import council
from tests.browser.conftest import ENTRY, HELD, RECORD, SHORT, Open

pytestmark = pytest.mark.django_db
HISTORY = f"/history/{SHORT}"
STATES = {
    "home": ("/", None),
    "problems": ("/api/docs/problems", None),
    "problem": ("/api/docs/problems/too-broad", None),
    "sign-in": ("/sign-in", None),
    "sign-in while signed in": ("/sign-in", "officer"),
    "not found": ("/nowhere", None),
    "home of officer": ("/", "officer"),
    "search": ("/history/", "officer"),
    "search without id": ("/history/?target=", "officer"),
    "history": (HISTORY, "officer"),
    "data dictionary": ("/data-dictionary", "newcomer"),
    "history of nothing": ("/history/nothing", "officer"),
    "history filtered": (f"{HISTORY}?type=update&dateFrom=2026-03-27", "officer"),
    "nothing fits": (f"{HISTORY}?type=migrate", "officer"),
    "bad filters": (f"{HISTORY}?type=a%20b&author=x&dateFrom=soon", "officer"),
    "entry": (f"{HISTORY}/{ENTRY}", "officer"),
    "entry not here": (f"{HISTORY}/00000000-0000-4000-8000-000000000000", "officer"),
    "download": (f"/download?target={SHORT}&type=update", "officer"),
    "forbidden": (HISTORY, "newcomer"),
    "held": (f"/history/{HELD}", "auditor"),
    "withheld": (f"/history/{HELD}", "officer"),
}


def check(page: Page) -> None:
    # Without its own copies of style sheets, which the Content-Security-Policy refuses with a complaint.
    told = Axe().run(page, options={"preload": False}).response
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in told["violations"]]
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


@pytest.mark.parametrize("name", ["", "officer"])
def test_sign_in_with_an_error(open_page: Open, name: str) -> None:
    page = open_page("/sign-in")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(name and "wrong")
    page.get_by_role("button", name="Sign in").click()
    check(page)


FAILURES = ["errors/400.html", "errors/form.html", "errors/500.html", "errors/503.html", "residents/later.html"]


@pytest.mark.parametrize("template", FAILURES)
def test_page_of_a_failure(open_page: Open, template: str) -> None:
    """In place of another, since a service that is well does not show it."""
    page = open_page("/")
    text = render_to_string(template, {"reference": "r-42", "layout": "residents/page.html", **council(None)})
    page.route("**/failed", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto("/failed")
    check(page)


def test_states_are_what_they_are_called(open_page: Open) -> None:
    address, user = STATES["held"]
    expect(open_page(address, user=user).get_by_text("Expired, kept under hold")).to_be_visible()
    address, user = STATES["withheld"]
    expect(open_page(address, user=user).get_by_text("is sensitive and not shown")).to_be_visible()


def test_heading_of_a_column_stays_whole(open_page: Open) -> None:
    page = open_page("/api/docs/problems", width=375)
    box = page.get_by_role("columnheader", name="Status").bounding_box()
    assert box is not None
    assert box["height"] < 60


def test_only_what_was_opened_is_printed(open_page: Open) -> None:
    page = open_page(f"/history/{RECORD}", user="officer")
    page.locator(".app-details summary").nth(1).click()
    page.emulate_media(media="print")
    assert page.locator(".app-details:visible").count() == 1
    expect(page.get_by_role("cell", name="Okafor").first).to_be_visible()


@pytest.mark.parametrize("address", ["/api/docs", "/admin/login/"])
def test_pages_of_others_work_under_our_policy(open_page: Open, address: str) -> None:
    """`open_page` fails on what the browser says against them."""
    open_page(address).wait_for_load_state("networkidle")
