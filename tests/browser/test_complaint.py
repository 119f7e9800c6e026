"""From a complaint to its record, as a support analyst clicks it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import COMPLAINT, Open

pytestmark = pytest.mark.django_db
REQUESTS = "/admin/activity_history/requestrecord/"


def look_for(page: Page, correlation_id: str) -> None:
    page.get_by_label("An x-correlation-id").fill(correlation_id)
    page.get_by_role("button", name="Look for it").click()


def check(page: Page) -> None:
    found = [
        f"{one['id']}: {one['nodes'][0]['html']}"
        for one in Axe().run(page, options={"preload": False}).response["violations"]
    ]
    assert found == []
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_correlation_id_leads_to_the_activity_and_the_request_and_stands_in_no_address(open_page: Open) -> None:
    page = open_page(REQUESTS, user="analyst")
    check(page)
    look_for(page, COMPLAINT)
    check(page)
    assert page.url.endswith(REQUESTS)
    page.get_by_role("link", name="2026", exact=False).last.click()
    expect(page.get_by_text("record_activities: 790.1 ms, 1 row")).to_be_visible()
    check(page)
    page.get_by_role("button", name="What else this correlation id did").click()
    page.get_by_role("region", name=f"What {COMPLAINT} wrote").get_by_role("link").first.click()
    own_list = page.get_by_role("link", name="Its activities")
    expect(own_list).to_have_attribute("href", "/admin/activities/activity/?target=t-4")


@pytest.mark.parametrize("scripts", [True, False])
def test_one_that_is_not_known_is_told_so(open_page: Open, scripts: bool) -> None:
    page = open_page(REQUESTS, user="analyst", scripts=scripts)
    look_for(page, "nobody's")
    expect(page.get_by_text("No activity that can be shown bears it.")).to_be_visible()
    expect(page.get_by_text("What went well and fast stands in the log only.")).to_be_visible()
    if scripts:
        check(page)
