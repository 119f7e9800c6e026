"""The statements of the API that Django builds: their text depends on what is asked for, so it is made for an example.

Values stand within the text when the API runs them, which is why the database plans each of them anew.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import InsertQuery

from activities import export, history
from activities.api import authentication
from activities.api.export import rows_of
from activities.api.parameters import EXPORT_PARAMETERS, LIST_PARAMETERS, ListQuery, read_list_query
from activities.export_formats import FORMATS
from activities.statements import LONGEST_READ_MS
from activity_history.explaining import Argument, array_of
from activity_history.models import ViewerLink

Compiled = tuple[str, Sequence[Any]]


class Built(NamedTuple):
    """`example` is what the address of a call holds, `compile` makes of it what is run, and `indexes` serve it."""

    name: str
    purpose: Sequence[str]
    called_by: Sequence[str]
    indexes: Sequence[str]
    index_note: str
    example: str
    compile: Callable[[ListQuery, datetime], Compiled]
    writes: bool = False
    parameters: tuple[str, ...] = LIST_PARAMETERS

    def compiled(self, address: str, *, now: datetime) -> tuple[str, list[Argument]]:
        """The text with $1, $2, … and their values. Raises the API's own Problem where it would refuse the address."""
        sent = {"QUERY_STRING": address.removeprefix("?")}
        asked = read_list_query(sent, default_page_size=20, known=self.parameters)
        text, values = self.compile(asked, now)
        first, *others = text.split("%s")
        numbered = first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
        return numbered.replace("%%", "%"), [_argument(value) for value in values]


def _argument(value: Any) -> Argument:
    if value is None:
        return Argument("text", None)
    if isinstance(value, list):
        return Argument("text[]", array_of(value))
    return Argument(_TYPES[type(value)], str(value))


_TYPES = {str: "text", int: "bigint", datetime: "timestamptz", UUID: "uuid"}


def _page(asked: ListQuery, now: datetime) -> Compiled:
    return _selected(history.narrowed(asked.target_ids, asked.narrow, asked.after, asked.page_size + 1, now))


def _export(asked: ListQuery, now: datetime) -> Compiled:
    rows = rows_of(asked, now=now)
    rows = rows.before(*asked.after) if asked.after else rows
    return _selected(export.selected(rows, FORMATS[asked.values["format"][0]]))


def _any_record(asked: ListQuery, now: datetime) -> Compiled:
    return _selected(history.any_record(asked.target_ids or [], None, now))


def _selected(rows: "QuerySet[Any]") -> Compiled:
    compiled: Compiled = rows.query.sql_with_params()
    return compiled


def _inserted_link(asked: ListQuery, now: datetime) -> Compiled:
    link = ViewerLink(id=UUID(int=0), target_ids=["t-1"], client_id=1, created_at=now, expires_at=now)
    query = InsertQuery(ViewerLink)
    query.insert_values(ViewerLink._meta.concrete_fields, [link])
    compiled: list[Compiled] = query.get_compiler(connection=connection).as_sql()
    return compiled[0]


BUILT = {
    each.name: each
    for each in (
        Built(
            "activities_narrowed",
            [
                "One page of activities, newest first, where something narrows them: filters, a search without a "
                "target, what the token is restricted to, or what residents may see.",
                f"The API ends it after {LONGEST_READ_MS} ms and asks for fewer days.",
            ],
            ["GET /api/v1/activities with a filter", "GET /my-history/{token}"],
            ["activity_about_target"],
            "for each targetId; without one activity_by_time",
            "targetId=t-1&type=update&occurredFrom=2026-01-01",
            _page,
        ),
        Built(
            "target_has_activities",
            ["Is there any readable record of these targets? It tells an empty page from a target that is unknown."],
            ["GET /api/v1/activities with a filter that lets nothing through"],
            ["activity_about_target"],
            "",
            "targetId=t-1",
            _any_record,
        ),
        Built(
            "export_part",
            [
                f"One part of an export, newest first: {export.MAX_ROWS:,} rows at most, and one more to see "
                "whether there are more.",
                "It runs within a COPY, which writes the file's lines, with settings by which it follows the index.",
            ],
            ["GET /api/v1/activities/export"],
            ["activity_about_target"],
            "for named targets; without one activity_by_time, by the settings of the COPY",
            "format=csv&targetId=t-1",
            _export,
            parameters=EXPORT_PARAMETERS,
        ),
        Built(
            "client_by_name",
            ["The client that a token names, when this worker sees the token for the first time."],
            ["any call with a new token"],
            [],
            "a small table",
            "",
            lambda asked, now: _selected(authentication.clients_named("the name in the token")),
        ),
        Built(
            "client_still_welcome",
            ["Whether the client of a known token was revoked, asked twice a minute at most."],
            ["any call with a token that was checked half a minute ago"],
            [],
            "a small table",
            "",
            lambda asked, now: _selected(authentication.welcome_clients(1)),
        ),
        Built(
            "viewer_link",
            ["The viewer link of an id that a resident's address names, unless it has ended or was revoked."],
            ["GET /my-history/{token}"],
            ["viewer_link_pkey"],
            "",
            "",
            lambda asked, now: _selected(ViewerLink.objects.usable(now=now).filter(id=UUID(int=0))),
        ),
        Built(
            "viewer_link_made",
            ["A new viewer link."],
            ["POST /api/v1/viewer-links"],
            [],
            "all of viewer_link's are written",
            "",
            _inserted_link,
            writes=True,
        ),
    )
}
