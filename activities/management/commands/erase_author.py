"""Erases an author's id, name and e-mail, at once."""

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities import erasure
from activities.clock import ClockSkewed
from activities.management.erasing import add_why_and_who
from activities.progress import ProgressBar


class Command(BaseCommand):
    help = "Erase an author's id, name and e-mail, and list the targets whose documents hold those words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("author_id", nargs="?", help="the id that senders give; all rows with it are erased")
        parser.add_argument("--row", type=int, action="append", default=[], help="its number in the admin; repeatable")
        add_why_and_who(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = datetime.now(UTC)
        bar = ProgressBar("Looking through documents", sys.stderr, of=None)
        try:
            rows = options["row"] + (erasure.rows_of_author(options["author_id"]) if options["author_id"] else [])
            asked = erasure.ask_for_author(rows, reason=options["reason"], by=options["by"], now=now)
            done = erasure.carry_out(asked, now=now, progress=lambda count: bar.show(count, f"{count:,} activities"))
        except (erasure.CannotBeAsked, ClockSkewed) as error:
            raise CommandError(str(error)) from None
        bar.finish(0, "")
        if done.refused:
            raise CommandError(done.refused)
        self.stdout.write(f"Rows of the author that were erased: {done.erased:,}. Receipt: {done.pk}.")
        if done.named_in:
            self.stdout.write("Targets whose documents hold the id, name or e-mail (erase_target erases them):")
            self.stdout.write("\n".join(done.named_in))
