"""Log lines that cannot hold personal data.

The text of a database error holds the failing row, and a validation error its input, so of an exception only
its class, SQLSTATE and constraint, and the lines of code it passed through, are written.
"""

import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
import psycopg

type_of_exc_info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


# Whoever has the path of a viewer link sees what it shows, and Django names the path of what failed.
_PATH_OF_A_LINK = re.compile(r"(/my-history/)[^\s/?\"']+")


def _without_links(text: str) -> str:
    return _PATH_OF_A_LINK.sub(r"\1…", text)


class TerseFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _without_links(super().format(record))

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
    """The class of the error; of a database error also SQLSTATE and constraint."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, psycopg.Error):
        name += f" sqlstate={error.sqlstate} constraint={error.diag.constraint_name}"
    return name


class TerseJsonFormatter(TerseFormatter):
    """A JSON object a line, with the lines of code in `error`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "message": _without_links(record.getMessage()),
        }
        if record.exc_info:
            line["error"] = _without_links(self.formatException(record.exc_info)).split("\n")
        return orjson.dumps(line).decode()


def logging_in(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING, in the form `text` or `json`. Below WARNING only requests are told of, by request_lines."""
    handler = {"class": "logging.StreamHandler", "formatter": form}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": TerseFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": TerseJsonFormatter},
        },
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "ERROR" if level == "ERROR" else "WARNING"},
        # A refused request is an ordinary answer, not a warning; what fails is logged by the problem handler.
        "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
    }
