"""Errors that nobody has caught: told as all others are, since Python's own traceback would show their text."""

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import TracebackType
from typing import Any

from django.apps import apps

_log = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def tell_uncaught() -> None:
    """From here on, for the main thread and all others."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda thread: _uncaught(
        thread.exc_type, thread.exc_value or thread.exc_type(), thread.exc_traceback
    )


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    # Before Django is ready nothing of the database's can be in it, and there is no logging yet.
    if apps.ready and isinstance(error, Exception):
        _log.critical("A process or one of its threads ends by an error.", exc_info=(kind, error, trace))
    elif kind is not SystemExit:
        sys.__excepthook__(kind, error, trace)


def answered_in_any_case(application: Application) -> Application:
    """The application; what passes all its handlers is answered with 500, and the server sees no error."""
    # `manage.py` needs the rest of this module before there are models.
    from activities.api.problems import as_problem, problem_answer

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return application(environ, start_response)
        except Exception as error:
            told = problem_answer(as_problem(error), path="/", base_url="", correlation_id=None)
            headers = {"Content-Type": told.content_type, "Content-Length": str(len(told.body)), **told.headers}
            start_response(f"{told.status} {HTTPStatus(told.status).phrase}", [*headers.items()], sys.exc_info())
            return [told.body]

    return answer
