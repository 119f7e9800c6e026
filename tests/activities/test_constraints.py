"""The promises that the database itself holds: each row is written past the API, one allowed and one refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from activities.models import ERASED_DOCUMENT, Activity, ApiClient, Author
from tests.activities.keeping_rows import KEEPING

pytestmark = pytest.mark.django_db

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
HAPPENED = datetime(2026, 3, 15, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def write_client(**columns: Any) -> ApiClient:
    return ApiClient.objects.create(**{"name": str(uuid4()), **columns})


def write_author(**columns: Any) -> Author:
    return Author.objects.create(**{"identifier": str(uuid4()), "full_name": "Dawit Haile", **columns})


def write_activity(**columns: Any) -> Activity:
    usual = {
        "id": uuid4(),
        "type": "update",
        "target_type": "person",
        "target_id": "t-1",
        "occurred_at": HAPPENED,
        "recorded_at": HAPPENED,
        "client_id": 0,
    }
    author = {} if "author_id" in columns else {"author": write_author()}
    return Activity.objects.create(**usual | author | columns)


def refused_by(write: Callable[..., models.Model], **columns: Any) -> str | None:
    """The name of the constraint that kept the row out."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        write(**columns)
    assert isinstance(error.value.__cause__, psycopg.IntegrityError)
    return error.value.__cause__.diag.constraint_name


Rows = list[dict[str, Any]]
DOCUMENTS: list[Any] = [None, {}, {"a": None}]
NO_DOCUMENTS: list[Any] = [[], "text", 5, True, models.Value(None, models.JSONField())]
ROWS: dict[str, tuple[Callable[..., models.Model], Rows, Rows]] = {
    "api_client_has_a_name": (write_client, [{"name": "x"}], [{"name": ""}]),
    "api_client_requests_limit_lets_some_through": (
        write_client,
        [{"requests_per_minute": number} for number in (None, 1)],
        [{"requests_per_minute": 0}],
    ),
    "api_client_activities_limit_lets_some_through": (
        write_client,
        [{"activities_per_minute": number} for number in (None, 1)],
        [{"activities_per_minute": 0}],
    ),
    "author_erased_keeps_no_word": (
        write_author,
        [{"erased_at": HAPPENED, "identifier": None, "full_name": "erased"}, {"full_name": "erased"}],
        [
            {"erased_at": HAPPENED, "identifier": None, "full_name": "erased", **kept}
            for kept in ({"identifier": "x"}, {"full_name": "x"}, {"email": "x"})
        ],
    ),
    "activity_erased_keeps_no_data": (
        write_activity,
        [{"erased_at": HAPPENED, "old_data": ERASED_DOCUMENT, "new_data": ERASED_DOCUMENT}],
        [
            {"erased_at": HAPPENED, "old_data": ERASED_DOCUMENT, "new_data": ERASED_DOCUMENT, **kept}
            for kept in ({"old_data": None}, {"new_data": None}, {"new_data": {"erased": False}})
        ],
    ),
    "author_has_a_full_name": (write_author, [{"full_name": "x"}], [{"full_name": ""}]),
    "author_identifier_not_empty": (write_author, [{"identifier": None}, {"identifier": "x"}], [{"identifier": ""}]),
    "author_email_not_empty": (write_author, [{"email": None}, {"email": "x"}], [{"email": ""}]),
    "activity_type_is_a_word": (
        write_activity,
        [{"type": "a1_.-Z"}, {"type": "x" * 64}],
        [{"type": text} for text in ("", "1a", "a b", "é", "a\n", "a\nb")],
    ),
    "activity_target_type_is_a_word": (
        write_activity,
        [{"target_type": "tenure"}],
        [{"target_type": text} for text in ("", "-a", "a/b", "a\n")],
    ),
    "activity_target_id_without_control_characters": (
        write_activity,
        [{"target_id": text} for text in (" ", "TWVoZGlLaW1ha2hlCg==", "é" * 255, "\u00a0")],
        [{"target_id": text} for text in ("", "a\n", "\u0001", "a\u001fb", "\u007f", "\u0080", "\u009f")],
    ),
    "activity_source_domain_not_empty": (
        write_activity,
        [{"source_domain": None}, {"source_domain": "Finance"}],
        [{"source_domain": ""}],
    ),
    "activity_occurred_since_1900": (
        write_activity,
        [{"occurred_at": EARLIEST}],
        [{"occurred_at": EARLIEST - MICROSECOND}],
    ),
    "activity_expires_after_it_occurred": (
        write_activity,
        [{"expires_at": None}, {"expires_at": HAPPENED + MICROSECOND}],
        [{"expires_at": HAPPENED}, {"expires_at": HAPPENED - MICROSECOND}],
    ),
    "activity_time_to_live_sets_expiry": (
        write_activity,
        [{"time_to_live": text, "expires_at": HAPPENED + MICROSECOND} for text in (None, "P84D", "P18M", "P7Y")],
        [
            {"time_to_live": "P7Y", "expires_at": None},
            *[
                {"time_to_live": text, "expires_at": HAPPENED + MICROSECOND}
                for text in ("", "P12W", "365 days", "P7Y\n", "PY", "P1Y6M")
            ],
        ],
    ),
    "activity_old_data_is_an_object": (
        write_activity,
        [{"old_data": value} for value in DOCUMENTS],
        [{"old_data": value} for value in NO_DOCUMENTS],
    ),
    "activity_new_data_is_an_object": (
        write_activity,
        [{"new_data": value} for value in DOCUMENTS],
        [{"new_data": value} for value in NO_DOCUMENTS],
    ),
}


@pytest.mark.parametrize("constraint", ROWS | KEEPING)
def test_a_constraint_lets_through_what_it_may(constraint: str) -> None:
    write, allowed, _ = (ROWS | KEEPING)[constraint]
    for columns in allowed:
        write(**columns)


@pytest.mark.parametrize("constraint", ROWS | KEEPING)
def test_a_constraint_keeps_out_what_it_must(constraint: str) -> None:
    write, _, refused = (ROWS | KEEPING)[constraint]
    assert {str(columns): refused_by(write, **columns) for columns in refused} == {
        str(columns): constraint for columns in refused
    }


def test_every_constraint_is_tried_here() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = ANY (%s)",
            [["api_client", "author", "activity", "legal_hold", "purge_receipt", "erasure", "read_record"]],
        )
        in_database = {name for (name,) in cursor.fetchall()}
    # Django's own, for fields that take no negative numbers.
    assert {name for name in in_database if not name.endswith("_per_minute_check")} == set(ROWS | KEEPING)


def test_erased_authors_are_as_many_as_were_erased() -> None:
    for _ in range(2):
        write_author(identifier=None, full_name="erased", erased_at=HAPPENED)
    write_author(identifier=None, full_name="erased")
    assert refused_by(write_author, identifier=None, full_name="erased") == "author_is_one_row_per_snapshot"


def test_an_author_is_one_row_per_snapshot_also_where_parts_are_null() -> None:
    snapshots = [
        {"identifier": identifier, "full_name": full_name, "email": email}
        for identifier in ("a-1", None)
        for full_name in ("Dawit Haile", "dawit haile")
        for email in ("a@b", None)
    ]
    for snapshot in snapshots:
        write_author(**snapshot)
    again = {refused_by(write_author, **snapshot) for snapshot in snapshots}
    assert again == {"author_is_one_row_per_snapshot"}


@pytest.mark.acting_as("owner")
def test_an_author_of_an_activity_cannot_be_deleted() -> None:
    author, unused = write_author(), write_author()
    write_activity(author_id=author.id)
    with (
        pytest.raises(IntegrityError, match="an author whom activities name cannot be deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM author WHERE id = %s", [author.id])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM author WHERE id = %s", [unused.id])
    assert Author.objects.get() == author


def test_an_id_and_a_clients_name_are_there_once() -> None:
    activity, client = write_activity(), write_client()
    assert refused_by(write_activity, id=activity.id) == "activity_pkey"
    assert refused_by(write_client, name=client.name) == "api_client_name_key"


@pytest.mark.parametrize(
    ("write", "column", "longest"),
    [
        *[(write_activity, column, 64) for column in ("type", "target_type", "source_domain")],
        *[(write_activity, "target_id", 255), (write_activity, "correlation_id", 128)],
        *[(write_author, "identifier", 255), (write_author, "full_name", 255), (write_author, "email", 254)],
    ],
)
def test_texts_are_as_long_as_the_contract_says(write: Callable[..., models.Model], column: str, longest: int) -> None:
    write(**{column: "x" * longest})
    with pytest.raises(DataError), transaction.atomic():
        write(**{column: "x" * (longest + 1)})


def test_a_row_bears_the_transaction_that_stored_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        current = cursor.fetchone()[0]
    activity = write_activity()
    activity.refresh_from_db()
    assert activity.stored_by == current
