"""Erases the data of a target's activities, at once."""

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities import erasure
from activities.clock import ClockSkewed
from activities.management.erasing import add_why_and_who
from activities.progress import ProgressBar


class Command(BaseCommand):
    help = "Put a marker in the place of both documents of a target's activities; that something happened stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target_id", help="the target's whole id")
        add_why_and_who(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        bar = ProgressBar("Erasing", sys.stderr, of=None)
        try:
            asked = erasure.ask_for_target(options["target_id"], reason=options["reason"], by=options["by"], now=now)
            done = erasure.carry_out(asked, now=now, progress=lambda count: bar.show(count, f"{count:,} activities"))
        except (erasure.CannotBeAsked, ClockSkewed) as error:
            raise CommandError(str(error)) from None
        bar.finish(done.erased, f"{done.erased:,} activities")
        if done.refused:
            raise CommandError(done.refused)
        self.stdout.write(f"Activities whose data was erased: {done.erased:,}. Receipt: {done.pk}.")
