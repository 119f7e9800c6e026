"""Writes the data dictionary into docs/reporting.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from activity_history.reporting import dictionary

GUIDE = Path(settings.BASE_DIR) / "docs" / "reporting.md"


class Command(BaseCommand):
    help = "Write the comments on the views for analysts into docs/reporting.md."

    def handle(self, *args: Any, **options: Any) -> None:
        views = dictionary.read()
        if not views:
            raise CommandError("The database has no schema reporting yet: migrate it first.")
        GUIDE.write_text(dictionary.put_into(GUIDE.read_text(), views))
        self.stdout.write(f"Wrote {GUIDE.name}.")
