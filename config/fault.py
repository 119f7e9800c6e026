"""What of an error goes on to people: its class and its place, never its text.

Two errors of one class at one place are one fault, whoever met them.
"""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

from config.local_files import CLONE
from config.logging import TerseFormatter, describe

_terse = TerseFormatter()
# Of SQLSTATE, where the server cannot be spoken to, or has no room for anybody: one fault wherever it is met.
_OF_THE_SERVER = ("08", "53", "57P", "58")

_NOT_OURS = ("/", "<", ".venv/", "manage.py", "activities/statements.py")


class Fault(NamedTuple):
    what: str
    where: str
    # Each error with what led to it, the newest first; empty where only a line was logged.
    errors: tuple[BaseException, ...]
    text: str

    @property
    def name(self) -> str:
        return f"{self.what} at {self.where}"


def fault_of(record: logging.LogRecord) -> Fault:
    error = record.exc_info[1] if record.exc_info else None
    text = _terse.format(record)
    if error is None:
        return Fault(record.name, f"{_in_clone(record.pathname)}:{record.lineno}", (), text)
    errors = tuple(_chain(error))
    what = describe(errors[-1])
    if _of_the_server(errors[-1]):
        return Fault(what, "the database", errors, text)
    return Fault(what, _place(error), errors, text)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_the_server(error: BaseException) -> bool:
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(_OF_THE_SERVER)


def _place(error: BaseException) -> str:
    """The last line of our own code that it passed through, above that which runs all statements."""
    places = [
        f"{_in_clone(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [place for place in places if not place.startswith(_NOT_OURS)]
    return (ours or places or ["an unknown place"])[-1]


def _in_clone(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(CLONE)) if path.is_relative_to(CLONE) else filename
