"""What holds of every view: types that arrive whole over ODBC, words for all, and no way around what is hidden."""

import re

import pytest
from django.db import connection

from activity_history.reporting import dictionary
from tests.connections import execute

pytestmark = pytest.mark.django_db

VIEWS = ["activity", "activity_change", "author", "daily_activity", "erasure", "finance_transaction", "freshness"]
# docs/decisions/0021-views-for-analysts.md says why no other.
TYPES = re.compile(r"varchar\((\d+)\)|smallint|integer|bigint|numeric\(\d+,\d+\)|timestamp\(0\)|date")
LONGEST = 4000


def test_the_views_are_those_and_nothing_else_stands_in_the_schema() -> None:
    assert [view.name for view in dictionary.read()] == VIEWS


@pytest.mark.parametrize("name", VIEWS)
def test_types_are_those_that_arrive_whole(name: str) -> None:
    [view] = [view for view in dictionary.read() if view.name == name]
    found = {column.name: TYPES.fullmatch(column.type) for column in view.columns}
    assert [column for column, match in found.items() if match is None] == []
    assert [column for column, match in found.items() if match and int(match[1] or 0) > LONGEST] == []


def test_a_moment_is_there_by_both_clocks_or_in_utc_alone() -> None:
    for view in dictionary.read():
        names = [column.name for column in view.columns]
        moments = {column.name for column in view.columns if column.type == "timestamp(0)"}
        assert all(name.endswith(("_utc", "_london")) for name in moments)
        assert [name for name in moments if name.endswith("_london") and name[:-6] + "utc" not in names] == []


def test_every_view_and_column_and_function_is_described() -> None:
    for view in dictionary.read():
        assert view.meaning.endswith(".")
        assert [column.name for column in view.columns if not column.meaning.endswith(".")] == []
    bare = "SELECT proname FROM pg_proc WHERE pronamespace = 'reporting'::regnamespace AND {} ORDER BY proname"
    assert execute(connection, bare.format("obj_description(oid, 'pg_proc') IS NULL")) == []


def test_no_condition_of_a_reader_is_tried_on_what_a_view_hides() -> None:
    """An error that names a value would tell it, and a function with its owner's rights could read anything."""
    open_ = "SELECT relname FROM pg_class WHERE relnamespace = 'reporting'::regnamespace AND relkind = 'v' AND {}"
    assert execute(connection, open_.format("NOT coalesce('security_barrier=true' = ANY (reloptions), false)")) == []
    ours = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text IN ('public', 'reporting')"
    assert execute(connection, ours) == []
