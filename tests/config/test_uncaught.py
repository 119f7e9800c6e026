"""Errors past every handler: told in a line of the log, without their text, and answered all the same."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from config.local_files import CLONE
from config.logging import TerseFormatter
from config.uncaught import answered_in_any_case, tell_uncaught

NAME = "Ruta Haile of 7 Elm Row"


@pytest.fixture
def _hooks() -> Iterator[None]:
    before = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = before


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    formatter = TerseFormatter("%(levelname)s %(name)s %(message)s")
    return [line for one in caplog.records for line in formatter.format(one).splitlines() if line[0] != " "]


def test_what_passes_every_handler_is_answered_with_500(caplog: pytest.LogCaptureFixture) -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise LookupError(NAME)

    started: list[Any] = []
    [body] = answered_in_any_case(broken)({"PATH_INFO": f"/history/{NAME}"}, lambda *words: started.append(words))
    [(status, headers, info)] = started
    assert (status, dict(headers)) == (
        "500 Internal Server Error",
        {"Content-Type": "application/problem+json", "Content-Length": str(len(body))},
    )
    assert info[0] is LookupError
    assert json.loads(body) == {
        "type": "/api/docs/problems/internal-error",
        "title": json.loads(body)["title"],
        "status": 500,
        "detail": "The service failed. If it fails again, report the correlationId.",
        "instance": "/",
        "correlationId": None,
        "errors": [],
    }
    assert lines(caplog) == ["ERROR activities An unforeseen error.", "builtins.LookupError"]


@pytest.mark.usefixtures("_hooks")
def test_error_that_ends_a_thread_is_told_without_its_text(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise LookupError(NAME)

    tell_uncaught()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    told = "CRITICAL config.uncaught A process or one of its threads ends by an error."
    assert lines(caplog) == [told, "builtins.LookupError"]
    assert NAME not in capsys.readouterr().err


def test_interruption_by_hand_is_shown_as_ever() -> None:
    script = "import config.uncaught as u; u.tell_uncaught(); raise KeyboardInterrupt"
    ended = subprocess.run([sys.executable, "-c", script], cwd=CLONE, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_loggers_that_name_paths_or_that_anybody_can_set_off_are_silent() -> None:
    assert not logging.getLogger("django.request").isEnabledFor(logging.ERROR)
    assert not logging.getLogger("django.security.DisallowedHost").isEnabledFor(logging.ERROR)
