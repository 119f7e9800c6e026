"""What stands on the page of a viewer link, and what never does."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from pytest_django import Settings

from activities.wording import FILE, read_wording
from activity_history import residents
from activity_history.models import ViewerLink
from activity_history.residents import PAGE_SIZE
from tests.activity_history.resident_links import NOON, TENURE, made_link, seen, sentences, told, transaction
from tests.stored import let_expire, stored


@pytest.fixture
def link(db: None) -> ViewerLink:
    return made_link()


def days(text: str) -> list[str]:
    return re.findall(r'<section class="app-resident__day">\s*<h2 class="govuk-heading-m">(.*?)</h2>', text)


def test_page_is_newest_first_by_day_with_exact_times(link: ViewerLink) -> None:
    transaction("BasicRentNoVAT", chargedAmount=128.44)
    told("tenure/update", {"paymentReference": "12"}, {}, occurred_at=datetime(2026, 6, 3, 23, 30, 1, 5, tzinfo=UTC))
    told("account/create", occurred_at=datetime(2026, 1, 2, tzinfo=UTC))
    page = seen(link)
    assert page.status_code == 200
    assert days(page.text) == ["4 June 2026", "2 January 2026"]
    assert sentences(page.text) == [
        "You were charged rent of £128.44",
        "Your payment reference was set to 12",
        "Your account was opened",
    ]
    assert re.findall("<time.*?</time>", page.text) == [
        '<time datetime="2026-06-04T11:00:00Z">12pm</time>',
        '<time datetime="2026-06-03T23:30:01.000005Z">12:30am</time>',
        '<time datetime="2026-01-02T00:00:00Z">2 January 2026</time>',
    ]


def test_only_the_links_own_targets_are_shown(link: ViewerLink) -> None:
    transaction("DirectDebit", paidAmount=1)
    transaction("DirectDebit", paidAmount=2, target_id=f"{TENURE} ")
    transaction("DirectDebit", paidAmount=3, target_id="tenure-2", days_ago=1)
    for query in ("", "?targetId=tenure-2", "?target_ids=tenure-2&audience=staff", "?show=payments"):
        assert sentences(seen(link, query).text) == ["You paid £1.00 by Direct Debit"]
    both = made_link(TENURE, "tenure-2")
    assert sentences(seen(both).text) == ["You paid £1.00 by Direct Debit", "You paid £3.00 by Direct Debit"]


def test_only_the_links_own_source_domains_are_shown(db: None) -> None:
    told("account/create", source_domain="Finance")
    told("account/end", source_domain=None)
    assert sentences(seen(made_link(domains=frozenset({"Finance"}))).text) == ["Your account was opened"]
    assert sentences(seen(made_link(domains=frozenset())).text) == []


def test_hidden_sensitive_and_unknown_kinds_are_never_shown(link: ViewerLink) -> None:
    secret = {"note": "Sentence for staff", "description": "Sentence for staff", "transactionType": "DirectDebit"}
    for kind in (
        "cautionaryAlert/create",
        "personEqualityInformation/update",
        "process/update",
        "patchesAndAreas/update",
        "tenurePerson/create",
        "tenure/migrate",
        "transaction/migrate",
        "transaction/reversed",
        "petition/create",
        "Transaction/create",
    ):
        told(kind, secret, secret)
    for query in ("", *(f"?show={slug}" for slug in ("payments", "adjustments", "recharged-repairs"))):
        page = seen(link, query).text
        assert (sentences(page), "Sentence for staff" in page) == ([], False)


def test_only_listed_fields_are_shown_and_nobody_of_the_staff(link: ViewerLink) -> None:
    told(
        "transaction/create",
        {
            "transactionType": "WriteOff",
            "chargedAmount": -5,
            "description": "By Dawit Haile",
            "internalNote": "Owes more",
        },
    )
    page = seen(link).text
    assert sentences(page) == ["£5.00 that you owed was written off"]
    for hidden in ("Dawit", "dawit", "Haile", "a-1", "Owes more", "internalNote", "Internal note"):
        assert hidden not in page


def test_author_is_named_where_the_wording_says_so(link: ViewerLink, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = "[targets.account]\nresidents_see_author = true"
    marked = read_wording(FILE.read_text(encoding="utf-8").replace("[targets.account]", mark))
    monkeypatch.setattr("activity_history.entries.WORDING", marked)
    told("account/create")
    page = seen(link).text
    assert '<p class="moj-timeline__byline">by Dawit Haile</p>' in page
    assert "dawit@council.example" not in page


def test_an_activity_is_gone_from_its_expiry_on_to_the_microsecond(link: ViewerLink) -> None:
    ends = datetime(2099, 3, 1, 12, tzinfo=UTC)
    stored(target_id=TENURE, target_type="account", type="create", expires_at=ends)
    at = (ends - timedelta(microseconds=1), ends, ends + timedelta(microseconds=1))
    pages = [residents.read_page(link, None, after=None, page_size=5, now=now) for now in at]
    assert [len(page.records) for page in pages] == [1, 0, 0]


def test_expired_activities_are_not_shown(link: ViewerLink) -> None:
    let_expire(told("account/create"))
    assert sentences(seen(link).text) == []


def test_markup_in_the_data_is_shown_as_text(link: ViewerLink) -> None:
    told("workOrder/create", {"workOrderReference": "<b>1</b>", "description": '"><script>alert(1)</script>'})
    told("workOrder/update", {"status": "<i>new</i>"}, {"status": "<i>old</i>"})
    page = seen(link).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert re.findall("<(?:b|i|script)>", page) == []


def values(text: str) -> list[tuple[str, str]]:
    """Labels and what stands beside them, without markup."""
    found = re.findall(r"<dt.*?>(.*?)</dt>\s*<dd.*?>(.*?)</dd>", text, re.DOTALL)
    return [(label, " ".join(re.sub("<.*?>", "", value).split())) for label, value in found]


def test_what_was_there_before_and_after_is_told_of_a_change_and_the_rest_as_details(link: ViewerLink) -> None:
    new = {"endOfTenureDate": "2026-09-01", "startOfTenureDate": "2026-05-01"}
    told("tenure/update", new, {"endOfTenureDate": "2026-08-01"})
    page = seen(link).text
    assert re.findall(r'summary-text">(.*?)<', page) == ["What changed"]
    assert (values(page), "Not set" in page) == (
        [("Start date", "1 May 2026"), ("End date", "Before: 1 August 2026 After: 1 September 2026")],
        False,
    )
    told("contactDetails/create", {"contactType": 1, "value": "n@example.org"}, occurred_at=NOON + timedelta(days=1))
    page = seen(link).text
    assert re.findall(r'summary-text">(.*?)<', page) == ["Details", "What changed"]
    assert values(page)[:2] == [("Contact type", "Email"), ("Contact detail", "n@example.org")]


def test_activity_without_data_has_nothing_to_open(link: ViewerLink) -> None:
    told("account/create")
    assert "<details" not in seen(link).text


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://payments.council.example/MW?a=1&b=2", True),
        ("http://payments.council.example/MW", False),
        ("https://payments.council.example@evil.example/", False),
        ("javascript:alert(1)", False),
        (5, False),
    ],
)
def test_link_to_pay_leads_only_to_hosts_of_the_council(
    link: ViewerLink, settings: Settings, address: Any, is_link: bool
) -> None:
    settings.PAYMENT_HOSTS = ["payments.council.example"]
    told("majorWorks/create", {"chargedAmount": 100, "paymentUrl": address})
    page = seen(link).text
    wanted = [str(address).replace("&", "&amp;")] if is_link else []
    assert (
        re.findall(r'<a class="govuk-link" href="([^?"]*://[^"]*)" rel="noopener noreferrer" target="_blank">', page)
        == wanted
    )
    assert ("evil" in page, "javascript" in page) == (False, False)
    settings.PAYMENT_HOSTS = []
    assert "Pay online" not in seen(link).text


def test_link_to_pay_stands_at_the_newest_entry_that_has_it(link: ViewerLink, settings: Settings) -> None:
    settings.PAYMENT_HOSTS = ["payments.council.example"]
    for number in range(PAGE_SIZE + 2):
        pay_at = f"https://payments.council.example/MW-{number % 2}"
        moment = NOON - timedelta(days=number)
        told("majorWorks/create", {"chargedAmount": number, "paymentUrl": pay_at}, occurred_at=moment)
    for query in ("?", "?show=major-works"):
        page = seen(link, query).text
        before, first, second = page.split('<a class="govuk-link" href="https://payments')
        assert [len(sentences(part)) for part in (before, first)] == [1, 1]
        assert (first.startswith(".council.example/MW-0"), second.startswith(".council.example/MW-1")) == (True, True)
        older = re.findall(r'href="([^"]*)">Show older', page)[0]
        behind = seen(link, unescape(older)).text
        assert (len(sentences(behind)), "Pay online" in behind) == (2, False)
