"""Loads activities from NDJSON, each line of the shape of a POST."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.loading import lines_of, load
from activities.models import ApiClient
from activities.progress import ProgressBar
from activities.rejects import RejectsFile


class Command(BaseCommand):
    help = "Load activities from a file of NDJSON; a second load of the same file adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="its path, or - for the standard input")
        parser.add_argument("--client", default="import", help="recorded for this client; made if missing")

    def handle(self, *args: Any, **options: Any) -> None:
        client = ApiClient.objects.get_or_create(name=options["client"])[0]
        path = None if options["file"] == "-" else Path(options["file"])
        rejects = RejectsFile(Path(f"{path or 'stdin'}.rejects"))
        try:
            with ExitStack() as stack:
                file = stack.enter_context(path.open("rb")) if path else sys.stdin.buffer
                stack.callback(rejects.close)
                size = path.stat().st_size if path and path.is_file() else None
                bar = ProgressBar("Loading", sys.stderr, of=size)
                loaded = load(
                    lines_of(file),
                    client_id=client.id,
                    client_name=client.name,
                    clock=lambda: datetime.now(UTC),
                    reject=rejects.add,
                    progress=lambda so_far, read: bar.show(read, str(so_far)),
                    read_ahead=size is not None,
                )
        except OSError as error:
            raise CommandError(f"{error.filename or path or 'The standard input'}: {error.strerror}.") from None
        bar.finish(size or 0, "")
        self.stdout.write(str(loaded))
        if loaded.rejected:
            raise CommandError(f"{loaded.rejected} lines were rejected: {rejects.path} has their numbers and reasons.")
