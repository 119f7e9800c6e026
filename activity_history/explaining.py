"""The plan of a statement as the API's connections would have it: no value is in it, and nothing is changed by it."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import orjson
import psycopg
from django.db import Error, connection, transaction

from activities import statements

LONGEST_MS = statements.LONGEST_READ_MS
_NAME = "explained_on_the_queries_page"
_SETTING = "activity_history.argument_{}"
_TYPE = re.compile(r"[a-z][a-z0-9]*(\[\])?")


class CannotExplain(Exception):
    """What to change, in words; nothing of the values or of the database's own message."""


class Argument(NamedTuple):
    """`text` is the value as PostgreSQL reads one of this type; None is null."""

    type: str
    text: str | None


def explain(text: str, arguments: Sequence[Argument], *, run: bool) -> dict[str, Any]:
    """PostgreSQL's own JSON, with times and buffers where the statement is `run`. Raises CannotExplain.

    Prepared, with the generic plan forced, so that the plan names $1 and not what a person is called. The values are
    settings of the transaction, because EXECUTE takes no parameters and its text is kept by pg_stat_statements.
    """
    prepared = False
    try:
        with statements.limited_to(LONGEST_MS), connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            cursor.execute(f"PREPARE {_NAME} AS {text}")
            prepared = True
            for number, argument in enumerate(arguments):
                if argument.text is not None:
                    cursor.execute("SELECT set_config(%s, %s, true)", [_SETTING.format(number), argument.text])
            options = "ANALYZE, BUFFERS, FORMAT JSON" if run else "FORMAT JSON"
            cursor.execute(f"EXPLAIN ({options}) EXECUTE {_NAME}{_listed(arguments)}")
            [(plan,)] = cursor.fetchall()
            transaction.set_rollback(True)
    except statements.StatementCancelled:
        raise CannotExplain(
            f"It was cancelled after {LONGEST_MS / 1000:g} seconds: ask for fewer rows, or for a narrower window."
        ) from None
    except (Error, psycopg.Error) as error:
        raise CannotExplain(_in_words(error)) from None
    finally:
        if prepared:
            # Not undone by the end of a transaction; but it goes with a connection that broke.
            with suppress(Error, psycopg.Error), connection.cursor() as cursor:
                cursor.execute(f"DEALLOCATE {_NAME}")
    found: dict[str, Any] = (plan if isinstance(plan, list) else orjson.loads(plan))[0]
    return found


def array_of(members: Iterable[str]) -> str:
    """As PostgreSQL writes an array."""
    quoted = (member.replace("\\", "\\\\").replace('"', '\\"') for member in members)
    return "{" + ",".join(f'"{member}"' for member in quoted) + "}"


def _listed(arguments: Sequence[Argument]) -> str:
    each = [
        f"current_setting('{_SETTING.format(number)}')::{_checked(argument.type)}"
        if argument.text is not None
        else "NULL"
        for number, argument in enumerate(arguments)
    ]
    return f" ({', '.join(each)})" if each else ""


def _checked(type: str) -> str:
    if not _TYPE.fullmatch(type):
        raise ValueError(f"{type} is no name of a type")
    return type


def _in_words(error: Exception) -> str:
    state = getattr(error.__cause__ or error, "sqlstate", None) or "none"
    return (
        f"The database refused these values (SQLSTATE {state}): hold each against its type and against where it "
        "comes from, or leave it empty for null."
    )
