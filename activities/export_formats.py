"""CSV and NDJSON as the database writes them: what a line holds, and how a value that a spreadsheet would run is kept
from it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Case, F, Func, TextField, Value, When
from django.db.models.functions import Cast

from activities.history import Place, Record
from activities.moments import read_moment

WITHHELD = "sensitive, and not shown to this account"
# Also the blanks and the wide forms of Unicode, which some spreadsheets take for the plain ones.
_BLANKS = r"\s\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_BEGINS_A_FORMULA = rf"^[{_BLANKS}]*[=+@\t\r\n\uff0b\uff0d\uff1d\uff20-]"
_IS_A_NUMBER = r"^[-+]?[0-9]+(\.[0-9]+)?$"


class Format(NamedTuple):
    """How the database writes a row, and how the place of a row is read from its line."""

    name: str
    content_type: str
    header: bytes
    line_end: bytes
    copy_options: str
    columns: list[Any]
    place: Callable[[bytes], Place]


class _Guarded(Func):
    """A quotation mark before what a spreadsheet would run as a formula. It shows the rest as text."""

    template = (
        f"CASE WHEN %(expressions)s ~ '{_BEGINS_A_FORMULA}' AND %(expressions)s !~ '{_IS_A_NUMBER}' "
        "THEN '''' || %(expressions)s ELSE %(expressions)s END"
    )
    output_field = TextField()


class _InUtc(Func):
    template = "%(expressions)s AT TIME ZONE 'UTC'"
    output_field = TextField()


def _document(column: str, withheld: Collection[str]) -> Any:
    """Needs no guard: it is an object, and begins with a brace."""
    text = Cast(column, TextField())
    hidden = When(target_type__in=sorted(withheld), then=Value(WITHHELD))
    return Case(hidden, default=text, output_field=TextField()) if withheld else text


def _cells(withheld: Collection[str]) -> dict[str, Any]:
    return {
        "id": F("id"),
        "datetime (UTC)": _InUtc("occurred_at"),
        # These are words, which begin with a letter.
        "type": F("type"),
        "targetType": F("target_type"),
        "targetId": _Guarded("target_id"),
        "sourceDomain": _Guarded("source_domain"),
        "oldData": _document("old_data", withheld),
        "newData": _document("new_data", withheld),
        "author.id": _Guarded("author__identifier"),
        "author.fullName": _Guarded("author__full_name"),
        "author.email": _Guarded("author__email"),
        "correlationId": _Guarded("correlation_id"),
        "timeToLive": F("time_to_live"),
        "recordedAt (UTC)": _InUtc("recorded_at"),
        "expiresAt (UTC)": _InUtc("expires_at"),
    }


def _csv_place(line: bytes) -> Place:
    id, moment, _ = line.split(b",", 2)
    return Place(read_moment(moment.decode()), UUID(id.decode()))


class _Placed(msgspec.Struct):
    id: UUID
    datetime: datetime


def _json_place(line: bytes) -> Place:
    read = msgspec.json.decode(line, type=_Placed)
    return Place(read.datetime, read.id)


def csv(*, withheld: Collection[str] = ()) -> Format:
    """The documents of these target types are not in it."""
    cells = _cells(withheld)
    return Format(
        name="csv",
        content_type="text/csv",
        header=",".join(cells).encode() + b"\r\n",
        # RFC 4180; the server ends lines with LF alone.
        line_end=b"\r\n",
        copy_options="FORMAT csv",
        columns=list(cells.values()),
        place=_csv_place,
    )


CSV = csv()
NDJSON = Format(
    name="ndjson",
    content_type="application/x-ndjson",
    header=b"",
    line_end=b"\n",
    # The marks are bytes that no JSON text holds, so that each record comes out as it is.
    copy_options=r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'",
    columns=[Record()],
    place=_json_place,
)
FORMATS = {one.name: one for one in (CSV, NDJSON)}
