"""Makes a database that was restored from a backup fit for the service."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from activities import restoring
from activities.clock import ClockSkewed


class Command(BaseCommand):
    help = (
        "Let followers of the feed begin anew, and repeat the erasures, legal holds and revocations that the backup "
        "does not know. Run it before the service and the purge are started."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saved", type=Path, help="what save_before_restore printed")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            saved = restoring.Saved.model_validate_json(options["saved"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['saved']} cannot be read: {error.strerror}.") from None
        except ValidationError:
            raise CommandError(f"{options['saved']} is not what save_before_restore prints: save it again.") from None
        try:
            done = restoring.repeat(saved, now=datetime.now(UTC))
        except (ClockSkewed, restoring.WrittenSince) as error:
            raise CommandError(str(error)) from None
        restoring.renew_epoch()
        self.stdout.write(
            f"Followers of the feed begin anew. Repeated: {done.erasures} erasures, {done.holds} legal holds, "
            f"{done.clients} revoked clients."
        )
        if done.refused:
            self.stderr.write("Erasures that a legal hold refused, as before:\n" + "\n".join(done.refused))
