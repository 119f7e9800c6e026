"""Receipts of purges in the admin, and what the next purge would do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from activities import holds, locks
from activities.models import PurgeReceipt
from activity_history import retention_panel
from activity_history.admin import read_only
from tests.activities.keeping_rows import write_receipt
from tests.activity_history.admin_pages import (
    address,
    facts,
    page_of,
    queries_of,
    rows,
    shown,
    signed_in_with,
)
from tests.connections import execute
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/purgereceipt/"
NOW = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "now", lambda: NOW)


@pytest.fixture
def viewer() -> Client:
    return signed_in_with("view_purgereceipt")


def expired(at: datetime, count: int = 1, type: str = "update", target_type: str = "person", **members: str) -> None:
    begun = at - timedelta(days=400)
    rows = [
        new_activity(type=type, target_type=target_type, occurred_at=begun, expires_at=at, **members)
        for _ in range(count)
    ]
    store(rows)


def panel(page: str) -> list[str]:
    return [value for _, value in facts(page)]


def test_receipts_are_shown_newest_first_and_say_how_each_ended(viewer: Client) -> None:
    hour = timedelta(hours=1)
    window = {"oldest_expiry": NOW - 72 * hour, "newest_expiry": NOW - 9 * hour}
    made = write_receipt
    made(started_at=NOW - 4 * hour, ended_at=NOW - 3 * hour, deleted=5000, authors_deleted=1, held_back=12, version="1")
    made(started_at=NOW - 3 * hour, ended_at=NOW - 3 * hour, deleted=1, version="1", error="Timeout", **window)
    made(started_at=NOW - 2 * hour, version="1", error="It ended before it could say so.")
    last = made(started_at=NOW - hour, version="1.0.0")
    page = page_of(viewer, LIST)
    assert rows(page) == [
        ["2026-04-10 11:00:00 UTC", "ended without saying", "-", "0", "0", "not counted", "-"],
        [
            *("2026-04-10 10:00:00 UTC", "ended without saying", "It ended before it could say so."),
            *("0", "0", "not counted", "-"),
        ],
        [
            *("2026-04-10 09:00:00 UTC", "2026-04-10 09:00:00 UTC", "Timeout", "1", "0", "not counted"),
            "2026-04-07 to 2026-04-10",
        ],
        ["2026-04-10 08:00:00 UTC", "2026-04-10 09:00:00 UTC", "-", "5,000", "1", "12", "-"],
    ]
    assert panel(page)[1] == "3 hours ago (2026-04-10 09:00 UTC)"
    assert shown(page_of(viewer, address(PurgeReceipt, "change", last.pk))) == {
        "Started": "2026-04-10 11:00:00 UTC",
        "Ended": "ended without saying",
        "Deleted": "0",
        "Authors deleted": "0",
        "Kept by holds": "not counted",
        "Expiries of what was deleted": "-",
        "Version": "1.0.0",
        "Error": "-",
    }


def test_a_purge_that_runs_is_told_from_one_that_was_killed(
    viewer: Client, open_connection: Callable[[], BaseDatabaseWrapper]
) -> None:
    write_receipt(started_at=NOW, version="1")
    other = open_connection()
    seen = []
    for sql in ("SELECT pg_advisory_lock(%s)", "SELECT pg_advisory_unlock(%s)", "SELECT pg_advisory_lock(0, %s)"):
        execute(other, sql, [locks.PURGING])
        seen.append(rows(page_of(viewer, LIST))[0][1])
    assert seen == ["running", "ended without saying", "ended without saying"]


def test_where_nothing_is_due_the_panel_says_so(viewer: Client) -> None:
    expired(NOW + timedelta(microseconds=1))
    expired(NOW, target_id="held")
    holds.place(target_id="held", source_domain=None, reason="Audit", by="officer", now=NOW)
    page = page_of(viewer, LIST)
    assert panel(page) == ["none", "no purge has ended well yet", "Nothing is due; legal holds keep 1."]
    assert ('<svg class="bars"' in page, "The same as a table" in page, 'class="late"' in page) == (False, False, False)


@pytest.mark.parametrize(
    ("age", "words", "late"),
    [
        (timedelta(), "expired less than a minute ago (2026-04-10 12:00 UTC)", False),
        (timedelta(hours=2), "expired 2 hours ago (2026-04-10 10:00 UTC)", False),
        (timedelta(hours=2, microseconds=1), "expired 2 hours ago (2026-04-10 09:59 UTC) The purge is behind", True),
        (timedelta(days=40), "expired 1 month, 1 week ago (2026-03-01 12:00 UTC) The purge is behind", True),
    ],
)
def test_the_oldest_that_is_still_stored_warns_after_two_hours(
    viewer: Client, age: timedelta, words: str, late: bool
) -> None:
    expired(NOW - age)
    page = page_of(viewer, LIST)
    assert panel(page)[0] == words
    assert ('<strong class="late">' in page) == late


def bars(page: str) -> list[tuple[str, str, float, float]]:
    """Each rectangle's title, class, place and width."""
    found = re.findall(
        r'<rect x="([\d.]+)%" y="21" width="([\d.]+)%" height="16" class="([\w-]+)"><title>(.*?)</', page
    )
    return [(title, name, float(x), float(width)) for x, width, name, title in found]


def test_the_plot_and_the_table_behind_it_agree(viewer: Client) -> None:
    march, april = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    expired(march - timedelta(microseconds=1), 1, "create", "asset")
    expired(march, 3)
    expired(april, 6)
    expired(april, 2, "create", "asset")
    page = page_of(viewer, LIST)
    assert panel(page)[2] == "It would delete 12 activities; legal holds keep 0."
    assert '<th scope="col">update person</th><th scope="col">create asset</th><th scope="col">All</th>' in page
    assert rows(page, "<caption") == [
        ["February 2026", "0", "1", "1"],
        ["March 2026", "3", "0", "3"],
        ["April 2026", "6", "2", "8"],
    ]
    assert bars(page) == [
        ("February 2026, create asset: 1", "kind-1", 0, 12.5),
        ("March 2026, update person: 3", "kind-0", 0, 37.5),
        ("April 2026, update person: 6", "kind-0", 0, 75),
        ("April 2026, create asset: 2", "kind-1", 75, 25),
    ]
    assert re.findall(r"<text[^>]*>(.*?)</text>", page) == ["February 2026: 1", "March 2026: 3", "April 2026: 8"]


def test_the_page_needs_no_script_or_style_of_its_own(viewer: Client) -> None:
    expired(NOW)
    part = page_of(viewer, LIST).split('<section class="retention', 1)[1].split("</section>", 1)[0]
    assert [word for word in ("style=", "<style", "<script", "onclick") if word in part] == []
    assert '<table>\n      <caption id="due-table">' in part


def test_only_the_first_expired_are_looked_at(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention_panel, "MOST_LOOKED_AT", 3)
    expired(NOW, 3)
    assert panel(page_of(viewer, LIST))[2] == "It would delete 3 activities; legal holds keep 0."
    expired(NOW - timedelta(days=1), target_id="held")
    holds.place(target_id="held", source_domain=None, reason="Audit", by="officer", now=NOW)
    page = page_of(viewer, LIST)
    assert panel(page)[2] == "Of the first 3 that have expired it would delete 2; legal holds keep 1."
    assert rows(page, "<caption") == [["April 2026", "2", "2"]]


def test_the_page_asks_as_much_for_many_as_for_one_and_counts_no_more_than_its_limit(viewer: Client) -> None:
    expired(NOW)
    one = queries_of(viewer, LIST)
    for number in range(60):
        write_receipt(started_at=NOW - timedelta(hours=number), version="1")
    expired(NOW, 60)
    many = queries_of(viewer, LIST)
    assert (len(one), len(many)) == (14, 14)
    assert len([sql for sql in many if "COUNT(" in sql.upper()]) == 2


@pytest.mark.parametrize(
    ("codenames", "status"), [(None, 302), ([], 403), (["view_activity"], 403), (["view_purgereceipt"], 200)]
)
def test_receipts_are_for_those_who_may_view_them(codenames: list[str] | None, status: int) -> None:
    receipt = write_receipt(started_at=NOW, version="1")
    client = Client() if codenames is None else signed_in_with(*codenames)
    for url in (LIST, address(PurgeReceipt, "change", receipt.pk)):
        assert client.get(url).status_code == status


def test_nobody_makes_changes_or_deletes_a_receipt(admin_client: Client) -> None:
    receipt = write_receipt(started_at=NOW, version="1")
    for url in (address(PurgeReceipt, "add"), *(address(PurgeReceipt, a, receipt.pk) for a in ("change", "delete"))):
        assert admin_client.post(url, {"version": "2", "post": "yes"}).status_code == 403
    assert list(PurgeReceipt.objects.values_list("version", flat=True)) == ["1"]
