"""Prints what must outlive the restore of a backup."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from activities import restoring


class Command(BaseCommand):
    help = (
        "Print, as JSON, the erasures, legal holds and revoked clients of this database, for "
        "prepare_restored_database. It holds ids of persons: keep it where nobody else reads it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(restoring.save(now=datetime.now(UTC)).model_dump_json(indent=2))
