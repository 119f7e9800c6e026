"""Tells people of what is logged as an error: by mail once an hour for each fault, and Sentry each time."""

import logging
import os
import threading
import time
from datetime import UTC, datetime

from django.conf import settings
from django.core.mail import mail_admins

from config import fault_memory, sentry
from config.fault import Fault, fault_of
from config.logging import describe

_log = logging.getLogger(__name__)

_MAIL = """\
{name}

at {at:%Y-%m-%d %H:%M:%S} UTC, in process {process} of {url}.
{unsaid}
{text}

What it says stands in the log. The same fault is mailed again in an hour at the earliest, if it comes again.
docs/alerts.md says what to do.
"""


class AlertHandler(logging.Handler):
    """For ERROR and above. A request does not wait for the mail to go."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            fault = fault_of(record)
            sentry.tell(fault)
            if settings.ADMINS and (unsaid := _due(fault)) is not None:
                # The process ends only once it is sent.
                threading.Thread(target=_mail, args=(fault, unsaid), name="alert").start()
        except Exception as error:
            # Whatever is wrong with telling must not fail the request that is told of.
            _log.warning("A fault could not be told: %s", describe(error))


_told_by_this_process: dict[str, float] = {}


def _due(fault: Fault) -> int | None:
    now = time.time()
    try:
        return fault_memory.due(fault.name, now=now)
    except OSError as error:
        _log.warning("No file remembers what was told (%s), so each process mails by itself.", describe(error))
    hour = int(now // 3600)
    if _told_by_this_process.get(fault.name) == hour:
        return None
    _told_by_this_process[fault.name] = hour
    return 0


def _mail(fault: Fault, unsaid: int) -> None:
    again = f"It came {unsaid} times more since the last mail on it.\n" if unsaid else ""
    text = _MAIL.format(
        name=fault.name,
        at=datetime.now(UTC),
        process=os.getpid(),
        url=settings.PUBLIC_URL,
        unsaid=again,
        text=fault.text,
    )
    try:
        mail_admins(fault.name[:200], text)
    except Exception as error:
        _log.warning("A mail to ADMINS did not go: %s. Try `manage.py send_test_alert`.", describe(error))
        try:
            fault_memory.try_again_soon(fault.name, now=time.time())
        except OSError:
            _told_by_this_process.pop(fault.name, None)
