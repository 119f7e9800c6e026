"""Which errors are one fault, when it is told again, and that telling fails nobody."""

import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sentry_sdk
from django.core.management import CommandError, call_command
from django.db import OperationalError

from config import fault_memory, sentry
from config.alerts import AlertHandler
from config.fault import Fault, fault_of
from config.local_files import CLONE
from tests.live.serving import free_port
from tests.receivers import dsn, event_of, http_server, mail_server, text_of

HOUR = 3600


@pytest.fixture(autouse=True)
def _own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def mailed(settings: Any) -> Callable[[int], None]:
    """Sets whom to mail and by which port."""

    def to(port: int) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.ADMINS = [("ops", "ops@council.example"), ("duty", "duty@council.example")]
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    return to


@pytest.fixture
def _sentry_ends() -> Iterator[None]:
    yield
    sentry_sdk.get_client().close(timeout=0)
    sentry_sdk.get_global_scope().set_client(None)


def fault(error: BaseException | None, message: str = "It failed.", line: int = 7) -> Fault:
    return fault_of(record(error, message, line))


def record(error: BaseException | None, message: str = "It failed.", line: int = 7) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("activities", logging.ERROR, __file__, line, message, None, info)


def raised(make: Callable[[], Exception]) -> Exception:
    try:
        raise make()
    except Exception as error:
        return error


@pytest.mark.parametrize("name", ["activities", "activities.purge_process", "config.uncaught", "django.db", "library"])
def test_errors_of_every_room_and_library_reach_the_handler(name: str) -> None:
    logger: logging.Logger | None = logging.getLogger(name)
    assert any(isinstance(handler, AlertHandler) for handler in logging.getLogger().handlers)
    while logger:
        assert logger.isEnabledFor(logging.ERROR)
        assert logger.propagate
        logger = logger.parent


def test_same_class_at_the_same_line_is_one_fault_whatever_it_says() -> None:
    one, other = (fault(raised(lambda text=text: ValueError(text))) for text in ("Ruta", "Dawit"))  # type: ignore[misc]
    assert one.name == other.name
    assert one.name.startswith("builtins.ValueError at tests/config/test_alerts.py:")
    assert one.name.endswith(" in raised")
    assert fault(raised(lambda: KeyError())).name != one.name


def test_a_database_that_is_gone_is_one_fault_wherever_it_is_met() -> None:
    wrapped = raised(OperationalError)
    wrapped.__cause__ = psycopg.OperationalError("could not connect")
    elsewhere = psycopg.OperationalError("server closed the connection")
    assert fault(wrapped).name == fault(elsewhere).name
    assert fault(elsewhere).name == "psycopg.OperationalError sqlstate=None constraint=None at the database"


def test_a_line_without_an_error_is_told_by_its_place() -> None:
    assert fault(None, line=7).name == "activities at tests/config/test_alerts.py:7"
    assert fault(None, line=8).name != fault(None, line=7).name


def test_a_fault_is_due_again_after_an_hour_with_the_number_of_those_unsaid() -> None:
    assert [fault_memory.due("one", now=now) for now in (HOUR, HOUR + 1, 2 * HOUR - 1)] == [0, None, None]
    assert fault_memory.due("other", now=HOUR + 2) == 0
    assert [fault_memory.due("one", now=now) for now in (2 * HOUR, 2 * HOUR + 1, 3 * HOUR)] == [2, None, 1]


def test_a_clock_that_was_set_back_does_not_silence_a_fault() -> None:
    assert [fault_memory.due("one", now=now) for now in (9 * HOUR, 2 * HOUR, 2 * HOUR + 1)] == [0, 0, None]


def test_what_could_not_be_told_is_due_in_a_minute() -> None:
    fault_memory.due("one", now=HOUR)
    fault_memory.try_again_soon("one", now=HOUR)
    assert [fault_memory.due("one", now=HOUR + seconds) for seconds in (59, 60)] == [None, 2]


_DUE = """
import sys, tempfile
from config import fault_memory
tempfile.tempdir = sys.argv[1]
print(*[fault_memory.due("one", now=float(sys.argv[2])) for _ in range(10)])
"""


def test_of_many_processes_one_tells(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _DUE, str(tmp_path), str(HOUR)]
    asking = [subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = " ".join(each.communicate(timeout=60)[0] for each in asking).split()
    assert sorted(answers) == ["0"] + ["None"] * 39
    assert fault_memory.due("one", now=2 * HOUR) == 39


def test_a_damaged_file_is_as_none(tmp_path: Path) -> None:
    fault_memory.due("one", now=HOUR)
    [path] = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_text("nonsense")
    assert fault_memory.due("one", now=HOUR) == 0


def test_without_a_place_for_files_each_process_mails_once_an_hour(
    mailed: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")
    with mail_server() as mails:
        mailed(mails.port)
        for _ in range(3):
            AlertHandler().handle(record(raised(lambda: LookupError("Ruta Haile"))))
        mail = mails.next()
    assert mails.rest() == []
    assert "so each process mails by itself" in caplog.text
    assert "Ruta" not in caplog.text + mail.as_string()
    assert mail["To"] == "ops@council.example, duty@council.example"


def test_mail_that_does_not_go_fails_nobody_and_is_tried_again(
    mailed: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    mailed(free_port())
    error = raised(lambda: LookupError("Ruta Haile"))
    handler = AlertHandler()
    handler.handle(record(error))
    for thread in _alerts_under_way():
        thread.join()
    assert "A mail to ADMINS did not go: builtins.ConnectionRefusedError." in caplog.text
    assert fault_memory.due(fault(error).name, now=time.time() + 61) == 1


def _alerts_under_way() -> list[Any]:
    return [thread for thread in threading.enumerate() if thread.name == "alert"]


def tried() -> tuple[str, str]:
    """What `send_test_alert` says, and its error."""
    out = StringIO()
    try:
        call_command("send_test_alert", stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_trial_says_that_nobody_would_be_told() -> None:
    assert tried() == ("", "Nobody would be told of a fault: set ADMINS, SENTRY_DSN or both (docs/alerts.md).")


def test_trial_of_mail(mailed: Callable[[int], None]) -> None:
    with mail_server() as mails:
        mailed(mails.port)
        told = f"Mail works: 127.0.0.1:{mails.port} took one, to the addresses of ADMINS: 2 of them.\n"
        assert tried() == (told, "")
        assert text_of(mails.next()).startswith("This is the test of `manage.py send_test_alert`.")
    mailed(mails.port)
    cure = "it does not answer: correct EMAIL_HOST and EMAIL_PORT, or start it."
    assert tried() == ("", f"Mail does not go by 127.0.0.1:{mails.port}: {cure}")


@pytest.mark.usefixtures("_sentry_ends")
def test_trial_of_sentry() -> None:
    with http_server() as posts:
        sentry.start(dsn(posts.port))
        said, failed = tried()
        event = event_of(posts.next())
    assert (said, failed) == (f"Sentry works: it took the event {event['event_id']}.\n", "")


@pytest.mark.usefixtures("_sentry_ends")
@pytest.mark.parametrize(("status", "why"), [(403, "status 403"), (429, "status 429")])
def test_trial_of_a_sentry_that_refuses(status: int, why: str) -> None:
    with http_server(status) as posts:
        sentry.start(dsn(posts.port))
        cure = "correct SENTRY_DSN, or let this machine reach it."
        assert tried() == ("", f"Sentry does not take events ({why}): {cure}")


@pytest.mark.usefixtures("_sentry_ends")
def test_what_others_send_to_sentry_does_not_go() -> None:
    with http_server() as posts:
        sentry.start(dsn(posts.port))
        sentry_sdk.capture_message("Ruta Haile")
        sentry_sdk.capture_exception(raised(lambda: ValueError("Ruta Haile")))
        sentry_sdk.flush(5)
    # How many were discarded is told.
    assert not [post for post in posts.rest() if b"event_id" in post[1] or b"Ruta" in post[1]]
