"""Log lines that cannot hold personal data.

The text of a database error holds the failing row, and a validation error its input, so of an exception only
its class, SQLSTATE and constraint, and the lines of code it passed through, are written.
"""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

import psycopg

type_of_exc_info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


# Whoever has the path of a viewer link sees what it shows, and Django names the path of what failed.
_PATH_OF_A_LINK = re.compile(r"(/my-history/)[^\s/?\"']+")


class TerseFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _PATH_OF_A_LINK.sub(r"\1…", super().format(record))

    def formatException(self, ei: type_of_exc_info) -> str:
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            lines.append(describe(error))
            lines += [
                f"  {frame.filename}:{frame.lineno} in {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def describe(error: BaseException) -> str:
    """The class of the error; of a database error also SQLSTATE, constraint and statement."""
    return f"{type(error).__module__}.{type(error).__qualname__} {about(error)}".rstrip()


def about(error: BaseException) -> str:
    """What besides its class may be told of a database error; nothing of others."""
    if not isinstance(error, psycopg.Error):
        return ""
    told = f"sqlstate={error.sqlstate} constraint={error.diag.constraint_name}"
    # Written by activities/statements.py.
    return " ".join([told, *(note for note in getattr(error, "__notes__", ()) if note.startswith("statement="))])


_OURS = ("activities.", "activity_history.", "config.")


class TerseArguments(logging.Filter):
    """Errors among a line's arguments are described, unless their text is our own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, BaseException):
            record.msg = _as_argument(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_as_argument, record.args))
        return True


def _as_argument(value: Any) -> Any:
    if isinstance(value, BaseException) and not type(value).__module__.startswith(_OURS):
        return describe(value)
    return value


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "terse": {"()": TerseFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "filters": {"terse": {"()": TerseArguments}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "terse", "filters": ["terse"]},
        "alerts": {"class": "config.alerts.AlertHandler", "level": "ERROR", "filters": ["terse"]},
    },
    "root": {"handlers": ["stderr", "alerts"], "level": "WARNING"},
    "loggers": {
        # A refused request is an ordinary answer, not a warning.
        "django": {"level": "ERROR"},
        # What fails is logged by the problem handler; these would tell it twice, with the path, which holds ids.
        "django.request": {"level": "CRITICAL"},
        # What anybody can send must wake nobody.
        "django.security": {"level": "CRITICAL"},
        # They name whom they lock out.
        "axes": {"level": "CRITICAL"},
        # What fails in telling would be told the same way.
        "sentry_sdk.errors": {"propagate": False},
    },
}
