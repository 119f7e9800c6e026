"""The queries pages and the admin's first page in a browser."""

import pytest
from django.conf import settings
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.activity_history.explaining_staff import analyst
from tests.browser.conftest import RECORD, Open, Site
from tests.browser.test_every_page import check

pytestmark = pytest.mark.django_db

LIST = "/admin/queries/"
STATES = {
    "first page": "/admin/",
    "queries": LIST,
    "query": f"{LIST}activities_in_order_of_storing/",
    "query that writes": f"{LIST}record_activities/",
    "query that Django builds": f"{LIST}activities_narrowed/",
}


@pytest.fixture(scope="module", autouse=True)
def _explainer(site: Site, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        client = analyst("view_activity", name="explainer")
    site[1]["explainer"] = client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_narrow(open_page: Open, state: str) -> None:
    page = open_page(STATES[state], user="explainer")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    check(page)


def test_a_query_is_found_from_the_first_page_and_explained_without_a_script(open_page: Open) -> None:
    page = open_page("/admin/", user="explainer", scripts=False)
    expect(page.get_by_role("heading", name="What came in, in the last 24 hours")).to_be_visible()
    page.get_by_role("link", name="All queries that the API uses").click()
    page.get_by_role("link", name="activities_about_target", exact=True).click()
    page.get_by_label("target_id").fill(RECORD)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("heading", name="The plan")).to_be_visible()
    expect(page.get_by_text("It gave 21 rows.")).to_be_visible()
    assert RECORD not in page.url


@pytest.mark.parametrize(("field", "value"), [("rows", "21"), ("rows", "many")])
def test_a_plan_and_an_error_are_accessible_and_narrow(open_page: Open, field: str, value: str) -> None:
    page = open_page(f"{LIST}activities_about_target/", user="explainer")
    page.get_by_label(field, exact=False).last.fill(value)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("The plan" if value == "21" else "Correct what is said below.").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    check(page)
