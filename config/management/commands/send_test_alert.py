"""Tries every way by which faults are told, and says which of them work."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.alert_trial import TrialFailed, try_mail, try_sentry


class Command(BaseCommand):
    help = "Sends a test alert by mail to ADMINS and to Sentry, and says whether each of them took it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        trials: list[Callable[[], str | None]] = [try_mail, try_sentry]
        told, failed = [], []
        for trial in trials:
            try:
                told.append(trial())
            except TrialFailed as error:
                failed.append(str(error))
        for line in filter(None, told):
            self.stdout.write(line)
        if failed:
            raise CommandError("\n".join(failed))
        if not any(told):
            raise CommandError("Nobody would be told of a fault: set ADMINS, SENTRY_DSN or both (docs/alerts.md).")
