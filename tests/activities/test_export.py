"""Parts as the database gives them: what is kept from spreadsheets, and how a part ends."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection

from activities.export import Part, read_part
from activities.export_formats import CSV, NDJSON, WITHHELD, Format
from activities.export_formats import csv as csv_format
from activities.history import Place
from activities.models import Activity
from activities.new_activities import AuthorSnapshot
from activities.statements import StatementCancelled
from tests.connections import execute
from tests.stored import new_activity, store, stored

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

GUARDED = [
    "=1+1",
    "+44 20 7946 0000",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\ttext",
    "\rtext",
    "\ntext",
    " =1",
    "   \t@x",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff+x",
    "\uff1d1",
    "\uff20x",
    "-",
    "- 5",
    "-1-1",
]
AS_THEY_ARE = ["-5", "+44", "-12.50", "5", "a=b", "'=1", "Anne-Marie", "£5", " text", "\\.", "1e5", "日本", '"=1"']


def cells(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


@pytest.mark.parametrize("text", GUARDED)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    stored(target_id="t-1", source_domain=text, correlation_id=text, author=AuthorSnapshot(text, text, None))
    [row] = cells(read_part(Activity.objects.all(), CSV, now=NOW).body)
    guarded = [row[name] for name in ("sourceDomain", "correlationId", "author.id", "author.fullName")]
    assert guarded == [f"'{text}"] * 4


def test_target_ids_and_addresses_are_guarded_as_well() -> None:
    stored(target_id="=1+1", author=AuthorSnapshot(None, "x", "=1@x"))
    [row] = cells(read_part(Activity.objects.all(), CSV, now=NOW).body)
    assert (row["targetId"], row["author.email"], row["author.id"]) == ("'=1+1", "'=1@x", "")


@pytest.mark.parametrize("text", AS_THEY_ARE)
def test_numbers_and_harmless_text_stay(text: str) -> None:
    stored(source_domain=text, author=AuthorSnapshot(None, text, None))
    [row] = cells(read_part(Activity.objects.all(), CSV, now=NOW).body)
    assert (row["sourceDomain"], row["author.fullName"]) == (text, text)


def test_ndjson_is_exact_where_csv_is_guarded() -> None:
    stored(source_domain="=1+1")
    assert b'"sourceDomain":"=1+1"' in read_part(Activity.objects.all(), NDJSON, now=NOW).body


def test_a_part_that_takes_too_long_ends_with_what_there_is_and_the_next_goes_on() -> None:
    """As behind filters that let little through. The order comes from the index here as it does from a large table."""
    store(new_activity() for _ in range(6))
    for setting in ("enable_seqscan", "enable_sort"):
        execute(connection, f"SET LOCAL {setting} = off")
    slow = Activity.objects.extra(where=["pg_sleep(0.05) IS NOT NULL"])
    first = read_part(slow, NDJSON, limit_ms=180, now=NOW)
    assert (0 < first.rows < 6, first.is_last) == (True, False)
    rest = read_part(Activity.objects.all(), NDJSON, after=first.next, now=NOW)
    assert (first.rows + rest.rows, rest.is_last) == (6, True)
    with pytest.raises(StatementCancelled):
        read_part(slow, NDJSON, limit_ms=20, now=NOW)


@pytest.mark.parametrize("format", [CSV, NDJSON])
def test_a_part_between_two_places_is_all_that_lies_there(format: Format) -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 7, tzinfo=UTC)
    store(new_activity(occurred_at=moment) for _ in range(5))
    order = [Place(moment, id) for id in Activity.objects.newest_first().values_list("id", flat=True)]
    part = read_part(Activity.objects.all(), format, after=order[0], until=order[3], now=NOW)
    assert (part.rows, part.first, part.last, part.next) == (3, order[1], order[3], None)


def test_of_nothing_there_is_a_part_without_rows() -> None:
    assert read_part(Activity.objects.all(), NDJSON, now=NOW) == Part(b"", 0, None, None, True)
    assert read_part(Activity.objects.none(), CSV, gzipped=False, now=NOW) == Part(CSV.header, 0, None, None, True)


def test_documents_of_sensitive_targets_are_withheld_where_told() -> None:
    stored(target_type="person", new_data=b'{"a": 1}')
    stored(target_type="secret", new_data=b'{"a": 1}', old_data=None)
    rows = cells(read_part(Activity.objects.all(), csv_format(withheld=["secret"]), now=NOW).body)
    assert {row["targetType"]: (row["oldData"], row["newData"]) for row in rows} == {
        "secret": (WITHHELD, WITHHELD),
        "person": ('{"surname": "Okafor"}', '{"a": 1}'),
    }
