"""The ways by which faults are told, tried by hand."""

import logging
import smtplib
import socket
from time import monotonic

import sentry_sdk
from django.conf import settings
from django.core.mail import mail_admins

from config import sentry
from config.fault import fault_of

_SENTRY_SECONDS = 10
_TEXT = "This is the test of `manage.py send_test_alert`. Nothing is wrong, and nothing is to be done."
# Of a mail server's refusal only this is shown: its text names addresses.
_CURES: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "it refuses EMAIL_HOST_USER and EMAIL_HOST_PASSWORD: correct them"),
    (smtplib.SMTPRecipientsRefused, "it refuses the addresses of ADMINS: correct them"),
    (smtplib.SMTPSenderRefused, "it refuses the address of SERVER_EMAIL: correct it"),
    (smtplib.SMTPNotSupportedError, "it knows no TLS or no sign-in: correct EMAIL_USE_TLS or EMAIL_HOST_USER"),
    (smtplib.SMTPException, "it does not take the mail: correct EMAIL_PORT, EMAIL_USE_TLS and EMAIL_USE_SSL"),
    (socket.gaierror, "this host name is not known: correct EMAIL_HOST"),
    (ValueError, "EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: set one of them"),
    (OSError, "it does not answer: correct EMAIL_HOST and EMAIL_PORT, or start it"),
)


class TrialFailed(Exception):
    """The message is one line that tells the cure."""


def try_mail() -> str | None:
    """What was done, in words; None where nobody is to be mailed."""
    if not settings.ADMINS:
        return None
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mail_admins("Test alert", _TEXT)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        cure = next(cure for kind, cure in _CURES if isinstance(error, kind))
        raise TrialFailed(f"Mail does not go by {server}: {cure}.") from None
    return f"Mail works: {server} took one, to the addresses of ADMINS: {len(settings.ADMINS)} of them."


def try_sentry() -> str | None:
    """What was done, in words; None where Sentry is not used."""
    client = sentry_sdk.get_client()
    if not client.is_active() or client.transport is None:
        return None
    dropped: list[str] = []
    # The one thing that tells whether an event arrived.
    client.transport.on_dropped_event = dropped.append  # type: ignore[attr-defined]
    record = logging.LogRecord("config.test_alert", logging.ERROR, __file__, 0, _TEXT, None, None)
    event = sentry.tell(fault_of(record))
    began = monotonic()
    client.flush(timeout=_SENTRY_SECONDS)
    if dropped or event is None or monotonic() - began >= _SENTRY_SECONDS:
        why = (dropped or ["no answer in time"])[0].replace("_", " ")
        raise TrialFailed(f"Sentry does not take events ({why}): correct SENTRY_DSN, or let this machine reach it.")
    return f"Sentry works: it took the event {event}."
