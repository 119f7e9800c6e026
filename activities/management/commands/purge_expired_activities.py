"""Deletes expired activities, once or from time to time, or tells what that would delete."""

import sys
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities import due, purge_process
from activities.clock import ClockSkewed, refuse_skewed
from activities.purging import BATCH, PurgeRunning


class Command(BaseCommand):
    help = "Delete activities that have expired and that no legal hold keeps; carry out erasures that were asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        size, seconds = purge_process.batch_size, purge_process.seconds
        parser.add_argument(
            "--batch-size", type=size, default=BATCH, help=f"activities a transaction, {BATCH} if not told"
        )
        parser.add_argument("--max-seconds", type=seconds, help="end after the batch in which so many are over")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be deleted")
        parser.add_argument("--every", type=purge_process.interval, help="go on for ever, purging each 30m, 1h, 1d …")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = purge_process.stop_on_signals()
        limits = {"batch_size": options["batch_size"], "max_seconds": options["max_seconds"]}
        # A bar is for who waits for the end.
        bar_on = StringIO() if options["every"] else sys.stderr
        purge = partial(purge_process.purge, stop=stop, out=self.stdout, bar_on=bar_on, **limits)
        try:
            if options["dry_run"]:
                self.stdout.write(due.in_words(due.outlook(now=refuse_skewed(datetime.now(UTC)))))
            elif options["every"]:
                purge_process.run_every(options["every"], purge, stop=stop)
            else:
                purge_process.run_once(purge, stop=stop)
        except PurgeRunning as error:
            self.stdout.write(str(error))
        except ClockSkewed as error:
            raise CommandError(str(error)) from None
