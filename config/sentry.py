"""Faults as Sentry's events, built from nothing but classes and lines of code. No other event goes."""

import traceback
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration

from config.fault import Fault
from config.logging import about


def start(dsn: str) -> None:
    """Nothing is watched by Sentry itself: its integrations would send requests, statements and variables."""
    sentry_sdk.init(
        dsn=dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        # A command that fails ends at once; its event goes first.
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        before_send=_ours_only,
    )


def tell(fault: Fault) -> str | None:
    """The event's id; None where Sentry is not used."""
    if not sentry_sdk.get_client().is_active():
        return None
    return sentry_sdk.capture_event({}, hint={"fault": fault})


def _ours_only(event: Any, hint: dict[str, Any]) -> Any:
    """Whatever a library adds on the way is left out."""
    if "fault" not in hint:
        return None
    made = ("event_id", "timestamp", "platform", "release", "environment", "server_name", "sdk")
    return {**{name: event[name] for name in made if name in event}, **_event(hint["fault"])}


def _event(fault: Fault) -> Any:
    return {
        "level": "error",
        "fingerprint": [fault.name],
        "message": fault.name,
        # Sentry wants the first cause first.
        "exception": {"values": [_exception(error) for error in reversed(fault.errors)]},
    }


def _exception(error: BaseException) -> dict[str, Any]:
    frames = [
        {"filename": frame.f_code.co_filename, "function": frame.f_code.co_name, "lineno": line}
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    kind = type(error)
    told = {"type": kind.__qualname__, "module": kind.__module__, "value": about(error)}
    return {**told, "stacktrace": {"frames": frames}} if frames else told
