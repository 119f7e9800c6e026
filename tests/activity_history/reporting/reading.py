"""The views for analysts as a test reads them: the rows of a test lie within an open transaction, which hides them."""

from typing import Any
from uuid import UUID

from django.db import connection

from activities.models import Activity
from tests.connections import execute
from tests.processes import eventually
from tests.stored import new_activity, store

LONG_AGO = 10


def settled(**members: Any) -> UUID:
    """The id of one that was stored by a transaction of long ago."""
    activity = new_activity(**members)
    store([activity])
    Activity.objects.filter(id=activity.id).update(stored_by=LONG_AGO)
    return activity.id


def await_served() -> None:
    """Until all that was committed can be read: the open transactions of other tests in this cluster hold it back."""
    hidden = "SELECT id FROM activity WHERE stored_by >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    assert eventually(lambda: execute(connection, hidden) == [], 60)


def read(view: str, *columns: str, where: str = "true", parameters: Any = ()) -> list[Any]:
    """Rows of some columns, in their order."""
    names = ", ".join(columns)
    sql = f"SELECT {names} FROM reporting.{view} WHERE {where} ORDER BY {names}"  # noqa: S608
    return execute(connection, sql, parameters)


def one(view: str, *columns: str) -> dict[str, Any]:
    [row] = read(view, *columns)
    return dict(zip(columns, row, strict=True))
