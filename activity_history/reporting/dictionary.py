"""The data dictionary: the views for analysts and their columns, in the words of the comments in the database."""

from itertools import groupby
from typing import NamedTuple

from django.db import connection

BEGIN = "<!-- Generated from the comments in the database by `make dictionary`: change them there. -->"
END = "<!-- End of what is generated. -->"


class Column(NamedTuple):
    """`type` is as PostgreSQL writes it, shortened."""

    name: str
    type: str
    meaning: str


class View(NamedTuple):
    name: str
    meaning: str
    columns: list[Column]


_READ = """
SELECT
  view.relname, obj_description(view.oid, 'pg_class'), attribute.attname,
  format_type(attribute.atttypid, attribute.atttypmod), col_description(view.oid, attribute.attnum)
FROM pg_class AS view
JOIN pg_attribute AS attribute ON attribute.attrelid = view.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE view.relnamespace = to_regnamespace('reporting')::oid AND view.relkind IN ('v', 'm', 'r')
ORDER BY view.relname, attribute.attnum
"""
_SHORT = {"character varying": "varchar", " without time zone": ""}


def read() -> list[View]:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        rows = cursor.fetchall()
    return [
        View(
            name, meaning or "", [Column(column, _shortened(type), said or "") for _, _, column, type, said in columns]
        )
        for (name, meaning), columns in groupby(rows, key=lambda row: row[:2])
    ]


def _shortened(type: str) -> str:
    for long, short in _SHORT.items():
        type = type.replace(long, short)
    return type


def as_markdown(views: list[View]) -> str:
    return "\n\n".join(_view_as_markdown(view) for view in views)


def _view_as_markdown(view: View) -> str:
    rows = [f"| `{each.name}` | {each.type} | {each.meaning} |" for each in view.columns]
    return "\n".join([f"### {view.name}", view.meaning, "", "| column | type | meaning |", "|---|---|---|", *rows])


def put_into(guide: str, views: list[View]) -> str:
    """The guide with its generated part made anew. Raises ValueError where it has no place for it."""
    head, begin, rest = guide.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The guide has no place for the dictionary: put in the lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{as_markdown(views)}\n\n{END}{tail}"
