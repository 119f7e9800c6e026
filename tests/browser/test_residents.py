"""The page of a viewer link as a resident uses it: on a narrow screen, without scripts, within a portal."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker

from activity_history.models import ViewerLink
from tests.activity_history.resident_links import NOON, TENURE, made_link, path_of, told, transaction
from tests.browser.conftest import Open
from tests.browser.test_every_page import check
from tests.live.serving import serving

pytestmark = pytest.mark.django_db
# What service users asked for: the link that they choose, and what they find.
NEEDS = {
    "Rent charged": "You were charged rent of £128.44",
    "Housing Benefit": "Housing Benefit of £96.20 was paid to your account",
    "Payments": "You paid £150.00 by Direct Debit",
    "Adjustments": "You are no longer charged for Garage: Garage let ended",
    "Recharged repairs": "You were charged £94.80 for repair 10446182: New lock",
    "Estimated service charge and bills": "Your service charge for 2025 to 2026 was estimated at £302.75 a year",
    "Balancing charge": "You were charged a balancing charge of £12.50",
    "Major works": "You were charged £4,210.55 for major works: New roof",
}


class Resident(NamedTuple):
    """The addresses of links: one to a full history, one to nothing, one that was revoked.

    Then those of two sites that show `full` in a frame, of which one may.
    """

    full: str
    empty: str
    gone: str
    portal: str
    stranger: str


@pytest.fixture(scope="module")
def resident(site: Any, django_db_blocker: DjangoDbBlocker) -> Iterator[Resident]:
    """Served with a portal and a place to pay; `site` removes the rows in the end."""
    with django_db_blocker.unblock():
        _make_history()
        full, empty, gone = made_link(), made_link("nothing"), made_link()
        ViewerLink.objects.revoke([gone.pk], by="officer", now=gone.created_at)
    with _framing() as portal, _framing() as stranger:
        environment = {"PAYMENT_HOSTS": "payments.council.example", "EMBED_ALLOWED_ORIGINS": portal.rstrip("?")}
        with serving(workers=1, **environment) as server:
            addresses = [server.url + path_of(link) for link in (full, empty, gone)]
            yield Resident(*addresses, *(f"{each}{quote(addresses[0])}" for each in (portal, stranger)))


@contextmanager
def _framing() -> Iterator[str]:
    """A site that shows what is named behind its address, really served: browsers let no other show what is local."""

    class Frame(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = unquote(self.path.partition("?")[2])
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{address}?embed=1" width="600" height="800"></iframe>'.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Not among what pytest shows."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Frame) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/?"
        server.shutdown()
        thread.join()


def _make_history() -> None:
    for month in range(14):
        transaction("BasicRentNoVAT", days_ago=30 * month, chargedAmount=128.44, balanceAmount=40 * month - 100)
        transaction("HousingBenefit", days_ago=30 * month, housingBenefitAmount=96.2)
        transaction("DirectDebit", days_ago=30 * month, paidAmount=150)
    charge = {"type": "Garage", "amount": 16.05}
    told("account/update", {"consolidatedCharges": [], "reason": "Garage let ended"}, {"consolidatedCharges": [charge]})
    transaction("RechargeableRepairs", chargedAmount=94.8, workOrderReference="10446182", description="New lock")
    yearly = {"amount": 302.75, "frequency": "Yearly", "subType": "Cleaning"}
    told("charge/create", {"chargeSubGroup": "Estimate", "chargeYear": 2025, "detailedCharges": [yearly]})
    transaction("SCBalancingCharge", chargedAmount=12.5)
    pay_at = "https://payments.council.example/MW-0417"
    told("majorWorks/create", {"chargedAmount": 4210.55, "description": "New roof", "paymentUrl": pay_at})
    told("tenure/update", {"paymentReference": "w" * 300}, {}, occurred_at=NOON + timedelta(days=1))


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("width", [320, 1280])
def test_each_need_is_one_click_away_without_scripts(
    open_page: Open, resident: Resident, need: str, width: int
) -> None:
    page = open_page(resident.full, width=width, scripts=False)
    page.get_by_role("link", name=need, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(need)
    expect(page.get_by_role("heading", level=3).first).to_have_text(NEEDS[need])
    expect(page.locator("[aria-current=page]")).to_have_text(need)
    assert page.context.cookies() == []


STATES = {
    "everything": ("full", ""),
    "older": ("full", "older"),
    "group": ("full", "?show=major-works"),
    "empty group": ("empty", "?show=payments"),
    "empty history": ("empty", ""),
    "no such page": ("full", "?show=nothing"),
    "ended link": ("gone", ""),
    "embedded": ("full", "?embed=1"),
    "ended link embedded": ("gone", "?embed=1"),
}


@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_narrow(open_page: Open, resident: Resident, state: str) -> None:
    name, query = STATES[state]
    page = open_page(getattr(resident, name) + query.removeprefix("older"))
    if query == "older":
        page.get_by_role("link", name="Show older").click()
        expect(page.get_by_role("link", name="Back to the newest")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    check(page)


def test_amounts_are_told_in_a_table_behind_the_chart(open_page: Open, resident: Resident) -> None:
    page = open_page(resident.full, scripts=False)
    expect(page.get_by_role("img", name="Charged, paid and balance by month")).to_be_visible()
    table = page.get_by_role("table", name="Charged and paid by month")
    expect(table).to_be_hidden()
    page.get_by_text("See these amounts as a table").click()
    expect(table.get_by_role("row")).to_have_count(13)
    expect(table.get_by_role("rowheader", name="Jun 2026")).to_be_visible()


def test_table_of_amounts_fits_a_phone(open_page: Open, resident: Resident) -> None:
    page = open_page(resident.full, width=375)
    page.get_by_text("See these amounts as a table").click()
    heading = page.get_by_text("Charged and paid by month", exact=True).bounding_box()
    assert heading is not None
    assert heading["height"] < 60
    box = page.get_by_role("region", name="Charged and paid by month")
    assert box.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    expect(page.get_by_role("table", name="Charged and paid by month").get_by_role("row")).to_have_count(13)


def test_print_has_the_whole_width_of_the_sheet(open_page: Open, resident: Resident) -> None:
    page = open_page(resident.full, width=1047)
    page.emulate_media(media="print")
    box = page.get_by_role("main").bounding_box()
    assert box is not None
    assert box["width"] > 600


def test_resident_is_led_to_pay_without_telling_where_from(open_page: Open, resident: Resident) -> None:
    page = open_page(f"{resident.full}?show=major-works", scripts=False)
    headers: list[dict[str, str]] = []

    def pay(route: Any) -> None:
        headers.append(route.request.headers)
        route.fulfill(body="Pay here", content_type="text/plain")

    page.context.route("https://payments.council.example/**", pay)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("Pay online")).click()
    expect(opened.value.get_by_text("Pay here")).to_be_visible()
    assert opened.value.url == "https://payments.council.example/MW-0417"
    assert [each.get("referer") for each in headers] == [None]


def test_only_the_portal_shows_it_in_a_frame(browser: Browser, resident: Resident) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(resident.portal)
        inner = page.frame_locator("iframe")
        inner.get_by_role("link", name="Payments", exact=True).click()
        expect(inner.get_by_role("heading", level=1)).to_have_text("Payments")
        expect(inner.get_by_role("banner")).to_have_count(0)
        assert context.cookies() == []
        with page.expect_response(f"{resident.full}?embed=1") as response:
            page.goto(resident.stranger)
        assert response.value.status == 200
        assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_keys_alone_reach_the_parts_and_what_changed(open_page: Open, resident: Resident) -> None:
    page = open_page(f"{resident.full}?show=major-works")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("Pay online"))).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("New roof", exact=True)).to_be_visible()
    assert TENURE not in page.content()
