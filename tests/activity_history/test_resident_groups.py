"""Each of the eight needs is a page of its own, whose rows the database chooses."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from activities.history import Place
from activities.wording import WORDING, read_stored
from activity_history import residents
from activity_history.models import ViewerLink
from tests.activity_history.resident_links import NOON, TENURE, made_link, path_of, seen, sentences, told, visit
from tests.stored import new_activity, store

TRANSACTION = "transaction/create"
# For each of the service users' needs what it finds, as the senders write it.
NEEDS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "rent-charged": [(TRANSACTION, {"transactionType": "BasicRentNoVAT", "chargedAmount": 128.44})],
    "housing-benefit": [
        (TRANSACTION, {"transactionType": "HousingBenefit", "housingBenefitAmount": 96.2}),
        (TRANSACTION, {"transactionType": "HBAdjustment", "housingBenefitAmount": -5}),
    ],
    "payments": [
        (TRANSACTION, {"transactionType": kind, "paidAmount": 10})
        for kind in (
            "DirectDebit",
            "DebitOrCreditCard",
            "StandingOrder",
            "BankPayment",
            "PayPointPostOffice",
            "UniversalCreditRec",
            "DirectDebitUnpaid",
        )
    ],
    "adjustments": [
        ("account/update", {"reason": "Garage let ended"}),
        ("transaction/update", {"transactionType": "DirectDebit"}),
        ("transaction/delete", {}),
        *[
            (TRANSACTION, {"transactionType": kind, "chargedAmount": -1})
            for kind in ("WriteOff", "WriteOn", "SCAdjustment", "BACSRefund", "TenantRefund")
        ],
    ],
    "recharged-repairs": [
        *[
            (TRANSACTION, {"transactionType": kind, "workOrderReference": "10446182"})
            for kind in ("RechargeableRepairs", "RechgRepairsnoVAT", "RechargeRepCredit")
        ],
        ("workOrder/create", {"workOrderReference": "10446182"}),
        ("workOrder/update", {"workOrderReference": "10446182"}),
    ],
    "estimated-service-charge": [
        ("charge/create", {"chargeSubGroup": "Estimate"}),
        ("charge/update", {"chargeSubGroup": "Actual"}),
        ("charge/delete", {}),
        (TRANSACTION, {"transactionType": "ServiceCharges", "chargedAmount": 5}),
    ],
    "balancing-charge": [(TRANSACTION, {"transactionType": "SCBalancingCharge", "chargedAmount": 5})],
    "major-works": [
        ("majorWorks/create", {"chargedAmount": 4210.55}),
        ("majorWorks/update", {"paidAmount": 100, "balanceAmount": 4110.55}),
    ],
}
# Residents see them under Everything alone.
IN_NO_GROUP: list[tuple[str, dict[str, Any]]] = [
    (TRANSACTION, {"transactionType": "directdebit"}),
    (TRANSACTION, {"transactionType": ["DirectDebit"]}),
    (TRANSACTION, {"transactionType": None}),
    (TRANSACTION, {"old": {"transactionType": "DirectDebit"}}),
    ("tenure/update", {"transactionType": "DirectDebit"}),
]


@pytest.fixture
def link(db: None) -> ViewerLink:
    return made_link()


def read(link: ViewerLink, slug: str | None, page_size: int = 1_000) -> list[UUID]:
    """Walks to the end."""
    group = residents.group_of(slug) if slug else None
    found: list[UUID] = []
    after: Place | None = None
    while True:
        page = residents.read_page(link, group, after=after, page_size=page_size, now=NOON)
        found += [_id(record) for record in page.records]
        if page.next is None:
            return found
        after = page.next


def _id(record: bytes) -> UUID:
    return UUID(json.loads(record)["id"])


def test_there_is_a_group_for_each_of_the_eight_needs() -> None:
    assert [group.slug for group in WORDING.groups] == list(NEEDS)


def test_each_need_finds_its_own_and_nothing_else(link: ViewerLink) -> None:
    wanted = {slug: {told(kind, new) for kind, new in each} for slug, each in NEEDS.items()}
    others = {told(kind, new) for kind, new in IN_NO_GROUP}
    assert {slug: set(read(link, slug)) for slug in NEEDS} == wanted
    assert set(read(link, None)) == set().union(others, *wanted.values())


def test_database_and_wording_agree_of_which_group_an_activity_is(link: ViewerLink) -> None:
    for kind, new in [*(each for need in NEEDS.values() for each in need), *IN_NO_GROUP]:
        told(kind, new)
    everything = residents.read_page(link, None, after=None, page_size=1_000, now=NOON).records
    for group in WORDING.groups:
        chosen = residents.read_page(link, group, after=None, page_size=1_000, now=NOON).records
        assert chosen == [record for record in everything if WORDING.group_of(read_stored(record)) == group]


@pytest.mark.parametrize("slug", NEEDS)
def test_each_need_is_one_click_away_and_says_what_it_is(link: ViewerLink, slug: str) -> None:
    for need in NEEDS.values():
        for kind, new in need:
            told(kind, new)
    group = residents.group_of(slug)
    assert f'<a class="govuk-link" href="?show={slug}">{group.heading}</a>' in seen(link).text
    page = seen(link, f"?show={slug}").text
    assert f'<h1 class="govuk-heading-l">{group.heading}</h1>' in page
    assert group.description in page
    assert f'<a class="govuk-link" href="?show={slug}" aria-current="page">{group.heading}</a>' in page
    assert len(sentences(page)) == len(NEEDS[slug])


@pytest.mark.parametrize("slug", NEEDS)
def test_empty_group_says_so_in_its_own_words(link: ViewerLink, slug: str) -> None:
    told("tenure/create")
    page = seen(link, f"?show={slug}").text
    assert f"Nothing is recorded under “{residents.group_of(slug).heading}” at the moment." in page
    assert '<a class="govuk-link" href="?">See everything in your history</a>' in page


def test_empty_history_says_so(link: ViewerLink) -> None:
    told("process/create")
    assert "Nothing is recorded that can be shown to you here at the moment." in seen(link).text


@pytest.mark.parametrize("query", ["?show=nothing", "?show=Payments", "?show=%00", "?after=x", "?after=%F0%9F%98%80"])
def test_address_that_leads_nowhere_is_told(link: ViewerLink, query: str) -> None:
    page = seen(link, query)
    assert page.status_code == 404
    assert '<a class="govuk-link" href="?">See everything in your history</a>' in page.text


@pytest.mark.parametrize("query", ["?utm_source=mail", "?show=", "?after=&show=", "?embed="])
def test_what_portals_add_to_the_address_does_not_matter(link: ViewerLink, query: str) -> None:
    assert seen(link, query).status_code == 200


def many(count: int) -> list[UUID]:
    """In the order in which they are read. All but five share one moment; a third is not for residents."""
    ids = sorted((uuid4() for _ in range(count)), reverse=True)
    store(
        [
            new_activity(
                id=id,
                target_id=TENURE,
                target_type="transaction" if number % 3 else "process",
                type="create",
                occurred_at=NOON if number < count - 5 else NOON - timedelta(microseconds=1),
                new_data=b'{"transactionType": "%b"}' % (b"DirectDebit" if number % 2 else b"BasicRentNoVAT"),
            )
            for number, id in enumerate(ids)
        ]
    )
    return ids


@pytest.mark.parametrize(("count", "page_size"), [(60, 1), (60, 2), (60, 3), (3_000, 25), (3_000, 1_000)])
def test_walk_neither_skips_nor_repeats_whatever_the_size_of_its_pages(
    link: ViewerLink, count: int, page_size: int
) -> None:
    ids = many(count)
    assert read(link, None, page_size) == [id for number, id in enumerate(ids) if number % 3]
    assert read(link, "payments", page_size) == [id for number, id in enumerate(ids) if number % 3 and number % 2]


def test_pages_lead_to_the_older_ones_and_back(link: ViewerLink) -> None:
    many(180)
    first = seen(link, "?show=payments&embed=1")
    texts, query = [first.text], ""
    while found := re.search(r'href="([^"]*)">Show older', texts[-1]):
        query = found[1].replace("&amp;", "&")
        texts.append(seen(link, query).text)
    counts = [len(sentences(text)) for text in texts]
    assert counts == [25, 25, 10]
    assert re.fullmatch(r"\?show=payments&after=[A-Za-z0-9_-]{56}&embed=1", query)
    assert 'href="?show=payments&amp;embed=1">Back to the newest' in texts[-1]
    assert "Back to the newest" not in texts[0]


def test_place_is_of_use_to_its_own_link_and_group_alone(link: ViewerLink) -> None:
    many(180)
    place = re.search(r"after=([A-Za-z0-9_-]+)", seen(link, "?show=payments").text)
    assert place
    paths = [path_of(link, f"?show=payments&after={place[1]}"), path_of(link, f"?after={place[1]}")]
    paths += [path_of(made_link(), f"?show=payments&after={place[1]}")]
    assert [visit(path).status_code for path in paths] == [200, 404, 404]
    assert "app-chart" not in visit(paths[0]).text
