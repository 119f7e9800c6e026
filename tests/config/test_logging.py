"""The log never holds a person's data, whatever an error's own text says."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import StringIO

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection
from pydantic import ValidationError

from activities.contract import ActivityIn
from activities.models import Author
from config.logging import TerseFormatter, TerseJsonFormatter, describe, logging_in
from tests.shapes import activity
from tests.stored import new_activity, store

NAME = "Ruta Haile of 7 Elm Row"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines of the logger `marked`, in the format of the settings."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(TerseFormatter(logging_in("text", "INFO")["formatters"]["text"]["format"]))
    logger = logging.getLogger("marked")
    logger.addHandler(handler)
    yield text
    logger.removeHandler(handler)


def logged(log: StringIO, fail: Callable[[], object]) -> list[str]:
    """The lines that the failure leaves, without the line's own time."""
    with pytest.raises(Exception) as failed:  # noqa: PT011
        fail()
    assert NAME in str(failed.value) + str(failed.value.__cause__)
    logging.getLogger("marked").error("It failed.", exc_info=failed.value)
    lines = log.getvalue().splitlines()
    assert NAME not in log.getvalue()
    assert lines[0].endswith(" ERROR marked It failed.")
    return lines[1:]


def classes(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("  ")]


def code(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("  ")]


def test_database_error_of_the_orm(db: None, log: StringIO) -> None:
    author = Author.objects.create(full_name=NAME)
    lines = logged(log, lambda: Author.objects.create(full_name=author.full_name))
    assert classes(lines) == [
        "django.db.utils.IntegrityError",
        "psycopg.errors.UniqueViolation sqlstate=23505 constraint=author_is_one_row_per_snapshot",
    ]
    assert any(line.endswith(f"{__file__}:{_line_of('lambda: Author')} in <lambda>") for line in code(lines))


def _line_of(text: str) -> int:
    with open(__file__) as file:
        return next(number for number, line in enumerate(file, 1) if text in line)


def test_database_error_of_a_named_statement(db: None, log: StringIO) -> None:
    bad = new_activity(target_id=f"{NAME}\n")
    lines = logged(log, lambda: store([bad]))
    assert classes(lines)[0] == (
        "psycopg.errors.CheckViolation sqlstate=23514 constraint=activity_target_id_without_control_characters"
    )
    assert any("activities/statements.py:" in line for line in code(lines))


def test_database_error_without_a_constraint(db: None, log: StringIO) -> None:
    def fail() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [NAME])

    assert classes(logged(log, fail)) == [
        "django.db.utils.DataError",
        "psycopg.errors.InvalidTextRepresentation sqlstate=22P02 constraint=None",
    ]


def test_validation_error(log: StringIO) -> None:
    def fail() -> None:
        raise LookupError(NAME) from refused

    with pytest.raises(ValidationError) as caught:
        ActivityIn.model_validate({**activity(), NAME: 1}, context={"now": datetime.now(UTC)})
    refused = caught.value
    assert classes(logged(log, fail)) == ["builtins.LookupError", "pydantic_core._pydantic_core.ValidationError"]


def test_cause_is_told_also_where_it_was_hidden(log: StringIO) -> None:
    def fail() -> None:
        try:
            raise KeyError(NAME)
        except KeyError:
            raise ValueError(NAME) from None

    assert classes(logged(log, fail)) == ["builtins.ValueError", "builtins.KeyError"]


def test_description_of_a_database_error_names_state_and_constraint() -> None:
    assert describe(IntegrityError(NAME)) == "django.db.utils.IntegrityError"
    assert describe(DatabaseError(NAME)) == "django.db.utils.DatabaseError"
    assert describe(psycopg.errors.UniqueViolation(NAME)) == (
        "psycopg.errors.UniqueViolation sqlstate=23505 constraint=None"
    )


@pytest.mark.parametrize("form", ["text", "json"])
def test_every_handler_writes_in_this_way(form: str) -> None:
    told = logging_in(form, "INFO")
    assert {handler["formatter"] for handler in told["handlers"].values()} == {form}
    assert issubclass(told["formatters"][form]["()"], TerseFormatter)
    assert {name for logger in told["loggers"].values() for name in logger["handlers"]} <= set(told["handlers"])


def test_a_line_of_json_says_the_same() -> None:
    try:
        raise KeyError(NAME, "json")
    except KeyError as error:
        failed = (type(error), error, error.__traceback__)
    record = logging.LogRecord("marked", logging.ERROR, "", 0, "Failed: %s", ("/my-history/AaIO64yEf",), failed)
    line = json.loads(TerseJsonFormatter().format(record))
    assert datetime.fromisoformat(line.pop("time")).timestamp() == pytest.approx(record.created, abs=0.01)
    code = [f"  {__file__}:{_line_of('KeyError(NAME, ')} in test_a_line_of_json_says_the_same"]
    assert line == {
        "level": "ERROR",
        "logger": "marked",
        "message": "Failed: /my-history/…",
        "error": ["builtins.KeyError", *code],
    }


def test_path_of_a_viewer_link_is_not_written_whoever_names_it(log: StringIO) -> None:
    token = "AaIO64yEf-O2kP7Kmh4ju0gMYJzImwqocv7DvO3PsRE1"
    paths = [f"/my-history/{token}", f"/my-history/{token}/?show=payments", f"GET http://x/my-history/{token}?embed=1"]
    for path in paths:
        logging.getLogger("marked").error("Internal Server Error: %s", path, exc_info=ValueError(path))
    assert token not in log.getvalue()
    assert [line.partition(" marked ")[2] for line in log.getvalue().splitlines() if "marked" in line] == [
        "Internal Server Error: /my-history/…",
        "Internal Server Error: /my-history/…/?show=payments",
        "Internal Server Error: GET http://x/my-history/…?embed=1",
    ]
