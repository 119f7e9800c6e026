"""The application, or one of its commands, in a process whose clock is wrong.

Linux gives no process a wall clock of its own, so the process's own reading of it is shifted: what our modules call
`datetime` and `time`. All else is what is served.
"""

import os
import sys
import time
from datetime import datetime, timedelta, tzinfo
from importlib import import_module
from typing import Any

AHEAD_SECONDS = "DRILL_CLOCK_AHEAD_SECONDS"
_ROOMS = ("activities", "activity_history")
_ahead = timedelta(seconds=int(os.environ.get(AHEAD_SECONDS) or 0))
_time = time.time


class _AsReal(type(datetime)):  # type: ignore[misc]
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _Skewed(datetime, metaclass=_AsReal):
    """What it makes are plain datetimes."""

    def __new__(cls, *parts: Any, **named: Any) -> Any:
        return datetime(*parts, **named)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + _ahead


def _skewed_time() -> float:
    return _time() + _ahead.total_seconds()


def skew() -> None:
    """In all modules of ours that are loaded."""
    shifted = {id(datetime): _Skewed, id(_time): _skewed_time}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _ROOMS:
            for attribute, value in list(vars(module).items()):
                if id(value) in shifted:
                    setattr(module, attribute, shifted[id(value)])


def _served() -> Any:
    application = import_module("config.wsgi").application
    # What Django loads with its first request.
    import_module("config.urls")
    skew()
    return application


def _run_command(arguments: list[str]) -> None:
    import django
    from django.core.management import execute_from_command_line

    from config.database import act_as
    from config.database_roles import role_of

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    act_as(role_of(arguments[0]))
    django.setup()
    import_module(f"activities.management.commands.{arguments[0]}")
    skew()
    execute_from_command_line(["manage.py", *arguments])


def __getattr__(name: str) -> Any:
    """`application`, made when the web server asks for it."""
    if name == "application":
        return _served()
    raise AttributeError(name)


if __name__ == "__main__":
    _run_command(sys.argv[1:])
