"""The staff page as a person uses it: with a mouse, with keys alone, without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, RECORD, Open

pytestmark = pytest.mark.django_db
HISTORY = f"/history/{RECORD}"


def rows(page: Page) -> int:
    return page.locator(".moj-timeline__item").count()


def test_from_sign_in_to_one_entry_without_scripts(open_page: Open) -> None:
    page = open_page("/history/", scripts=False)
    assert page.url.endswith("/sign-in?next=/history/")
    page.get_by_label("Username").fill("officer")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("The username or the password is wrong")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_label("Username").fill("officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Id of the record").fill(RECORD)
    page.get_by_role("button", name="Show its history").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(RECORD)
    expect(page.get_by_role("heading", level=2).first).to_have_text("4 April 2026")
    page.get_by_text("What changed").first.click()
    expect(page.get_by_role("cell", name="Okafor").first).to_be_visible()
    page.get_by_role("link", name="Open this entry").first.click()
    expect(page.get_by_text("Kept until")).to_be_visible()
    page.get_by_role("link", name="All that happened to this record").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_filters_without_scripts(open_page: Open) -> None:
    page = open_page(HISTORY, user="officer", scripts=False)
    page.locator("summary", has_text="Filter these entries").click()
    page.get_by_label("What was done").select_option("Ended")
    page.get_by_label("From").fill("2026-03-26")
    page.get_by_label("To").fill("2026-03-27")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["27 March 2026", "26 March 2026"])
    expect(page.get_by_label("What was done")).to_have_value("end")
    expect(page.get_by_label("From")).to_have_value("2026-03-26")
    page.get_by_role("link", name="Only by this author").first.click()
    expect(page.get_by_text("Only by Dawit Haile.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click()
    assert page.url.endswith(HISTORY)


def test_bad_filter_leads_to_its_field(open_page: Open) -> None:
    page = open_page(f"{HISTORY}?dateFrom=soon", user="officer")
    page.get_by_role("link", name="“From” must be a real date").click()
    expect(page.get_by_label("From")).to_be_focused()
    expect(page.get_by_label("From")).to_have_value("soon")


@pytest.mark.parametrize("scripts", [True, False])
def test_show_more_keeps_its_place(open_page: Open, scripts: bool) -> None:
    page = open_page(HISTORY, user="officer", scripts=scripts)
    assert rows(page) == 50
    last = page.locator(".moj-timeline__item time").last.get_attribute("datetime") or ""
    page.get_by_role("link", name="Show more").click()
    page.wait_for_url(re.compile("#more$"))
    assert rows(page) == 100
    first_new = page.locator("#more")
    expect(first_new).to_be_in_viewport()
    assert (first_new.locator("time").get_attribute("datetime") or "") < last
    box = first_new.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    page.get_by_role("link", name="Show more").click()
    expect(page.get_by_text("No older entries.")).to_have_count(1)
    assert rows(page) == 120
    page.go_back()
    assert rows(page) == 100


def test_keys_alone(open_page: Open) -> None:
    page = open_page(HISTORY, user="officer")
    order = []
    for _ in range(10):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.innerText.split('\\n')[0].split(':')[0]"))
        look = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.boxShadow,"
            " s.backgroundColor]; })()"
        )
        inner = page.evaluate(
            "getComputedStyle(document.activeElement.firstElementChild || document.body).backgroundColor"
        )
        assert "rgb(255, 221, 0)" in " ".join([*look, inner]), order[-1]
    assert order == [
        "Skip to main content",
        "Activity History",
        "Sign out",
        "Another record",
        "Filter these entries",
        "Download as CSV",
        "What changed",
        "Open this entry",
        "Only by this author",
        "What changed",
    ]
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Okafor").first).to_be_visible()


def test_skip_link_leads_past_the_header(open_page: Open) -> None:
    page = open_page(HISTORY, user="officer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("summary", has_text="Filter these entries")).to_be_focused()
