"""Which activities analysts see, and what of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DataError

from activities.models import Activity
from activities.new_activities import AuthorSnapshot
from activities.wording import WORDING
from activity_history.models import ReportingKind
from tests.activity_history.reporting.reading import LONG_AGO, await_served, one, read, settled
from tests.connections import execute
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 6, 3, 23, 30, 15, 999_999, tzinfo=UTC)
ROWS = ("activity", "activity_change", "finance_transaction")


def test_an_activity_in_columns_that_can_be_read() -> None:
    id = UUID("018f5a52-6c00-7000-8000-000000000001")
    expires = datetime(2032, 1, 1, 12, tzinfo=UTC)
    settled(
        id=id, type="update", target_type="tenurePerson", target_id="t-1", source_domain="ContactDetails",
        occurred_at=SUMMER, expires_at=expires, old_data=None, new_data=b'{"rent": 1.10}', correlation_id="c-1",
    )  # fmt: skip
    Activity.objects.update(recorded_at=datetime(2026, 6, 4, tzinfo=UTC))
    assert one(
        *("activity", "activity_id", "target_id", "target_type", "target_type_label", "type", "type_label"),
        *("source_domain", "source_domain_label", "occurred_utc", "occurred_london", "occurred_date", "occurred_hour"),
        *("recorded_utc", "recorded_london", "expires_utc", "expires_london", "author_number", "author_name"),
        *("correlation_id", "old_data", "new_data", "data_is_cut", "data_is_withheld", "is_erased", "stored_by"),
    ) == {
        "activity_id": str(id),
        "target_id": "t-1",
        "target_type": "tenurePerson",
        "target_type_label": "Household member",
        "type": "update",
        "type_label": "Updated",
        "source_domain": "ContactDetails",
        "source_domain_label": "Contact details",
        "occurred_utc": datetime(2026, 6, 3, 23, 30, 15),
        "occurred_london": datetime(2026, 6, 4, 0, 30, 15),
        "occurred_date": date(2026, 6, 4),
        "occurred_hour": 0,
        "recorded_utc": datetime(2026, 6, 4),
        "recorded_london": datetime(2026, 6, 4, 1),
        "expires_utc": datetime(2032, 1, 1, 12),
        "expires_london": datetime(2032, 1, 1, 12),
        "author_number": Activity.objects.get().author_id,
        "author_name": "Dawit Haile",
        "correlation_id": "c-1",
        "old_data": None,
        "new_data": '{"rent": 1.10}',
        "data_is_cut": 0,
        "data_is_withheld": 0,
        "is_erased": 0,
        "stored_by": LONG_AGO,
    }


def test_words_that_the_wording_does_not_have_get_a_label_and_no_domain_none() -> None:
    settled(type="voided", target_type="bulkyWasteID", source_domain=None)
    labels = one("activity", "target_type_label", "type_label", "source_domain_label", "source_domain")
    assert [*labels.values()] == ["Bulky waste ID", "Voided", None, None]


@pytest.mark.parametrize("view", ROWS)
def test_what_has_expired_is_not_there(view: str) -> None:
    kept = settled(target_type="transaction", new_data=b'{"paidAmount": 1}')
    gone = settled(target_type="transaction", new_data=b'{"paidAmount": 2}')
    unlimited = settled(target_type="transaction", new_data=b'{"paidAmount": 3}', expires_at=None)
    let_expire(gone)
    assert {id for (id,) in read(view, "activity_id")} == {str(kept), str(unlimited)}


def test_an_activity_is_there_until_the_moment_of_its_end() -> None:
    id = settled()
    at = "SELECT count(*) FROM reporting.activity WHERE statement_timestamp() < %s"
    end = datetime.now(UTC) + timedelta(milliseconds=400)
    Activity.objects.filter(id=id).update(expires_at=end)
    assert execute(connection, at, [end]) == [(1,)]
    while datetime.now(UTC) <= end:
        pass
    assert read("activity", "activity_id") == []


def test_a_mistake_of_a_reader_does_not_tell_what_has_expired() -> None:
    settled(target_id="1")
    let_expire(settled(target_id="secret"))
    assert read("activity", "target_id", where="target_id::integer = 1") == [("1",)]
    settled(target_id="plain")
    with pytest.raises(DataError, match="plain"), transaction.atomic():
        read("activity", "target_id", where="target_id::integer = 1")


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_that_is_still_open_could_overtake_waits(
    open_connection: Callable[[], BaseDatabaseWrapper],
) -> None:
    before = stored()
    await_served()
    other = open_connection()
    execute(other, "SELECT pg_current_xact_id()")
    behind = stored()
    assert read("activity", "activity_id") == [(str(before),)]
    [(below,)] = set(read("freshness", "stored_below"))
    assert Activity.objects.get(id=before).stored_by < below <= Activity.objects.get(id=behind).stored_by
    other.rollback()
    await_served()
    assert {id for (id,) in read("activity", "activity_id")} == {str(before), str(behind)}


SENSITIVE = {"target_type": "personEqualityInformation", "new_data": b'{"ethnicity": "secret"}', "old_data": None}


@pytest.mark.parametrize("target_type", sorted(WORDING.sensitive_targets))
def test_as_shipped_no_sensitive_data_is_there(target_type: str) -> None:
    for type in ("create", "update", "delete", "migrate", "end", "reviewed"):
        settled(target_type=target_type, type=type, old_data=b'{"a": "secret"}', new_data=b'{"a": "Secret"}')
    assert set(read("activity", "old_data", "new_data", "data_is_withheld")) == {(None, None, 1)}
    assert len(read("activity", "activity_id")) == 6
    assert read("activity_change", "field") == []


def test_sensitive_data_is_there_where_the_wording_says_analyst_and_only_there() -> None:
    ReportingKind.objects.filter(target_type=SENSITIVE["target_type"], type="create").update(data_shown=True)
    settled(**SENSITIVE, type="create")
    settled(**SENSITIVE, type="reviewed")
    assert read("activity", "type", "new_data", "data_is_withheld") == [
        ("create", '{"ethnicity": "secret"}', 0),
        ("reviewed", None, 1),
    ]
    assert read("activity_change", "type", "field", "field_label") == [("create", "ethnicity", "Ethnicity")]


def test_a_kind_that_is_not_for_analysts_is_not_there() -> None:
    ReportingKind.objects.filter(target_type="person", type="update").update(activity_shown=False, data_shown=False)
    settled(type="update")
    kept = settled(type="create")
    assert read("activity", "activity_id") == [(str(kept),)]


def test_without_the_wording_nothing_is_shown() -> None:
    settled()
    ReportingKind.objects.all().delete()
    assert read("activity", "activity_id") == []


def test_long_data_is_cut_with_a_mark() -> None:
    settled(old_data=b'{"a": "%s"}' % (b"x" * 3991), new_data=b'{"a": "%s"}' % (b"\xc2\xa3" * 3992))
    row = one("activity", "old_data", "new_data", "data_is_cut")
    assert row == {
        "old_data": '{"a": "' + "x" * 3991 + '"}',
        "new_data": '{"a": "' + "£" * 3986 + "… [cut]",
        "data_is_cut": 1,
    }
    change = one("activity_change", "value_before", "value_after", "value_is_cut")
    assert change == {"value_before": "x" * 3991, "value_after": "£" * 3992, "value_is_cut": 0}


def test_authors_are_those_of_what_can_be_seen() -> None:
    settled(author=AuthorSnapshot("a-1", "Dawit Haile", None))
    settled(author=AuthorSnapshot("a-1", "Dawit Haile-Bell", "d@council.example"))
    let_expire(settled(author=AuthorSnapshot("a-2", "Gone", None)))
    assert read("author", "author_id", "full_name", "email", "is_erased", "erased_utc") == [
        ("a-1", "Dawit Haile", None, 0, None),
        ("a-1", "Dawit Haile-Bell", "d@council.example", 0, None),
    ]


def ids(rows: list[Any]) -> set[str]:
    return {row[0] for row in rows}


@pytest.mark.django_db(transaction=True)
def test_who_reads_on_from_the_highest_number_gets_each_row_once() -> None:
    store([new_activity() for _ in range(5)])
    await_served()
    first = read("activity", "activity_id", "stored_by")
    last = max(number for _, number in first)
    store([new_activity() for _ in range(3)])
    await_served()
    second = read("activity", "activity_id", where="stored_by > %s", parameters=[last])
    assert (len(first), len(second), ids(first) & ids(second)) == (5, 3, set())
