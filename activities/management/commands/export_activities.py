"""Exports activities into a directory, in parts; an export that was ended is gone on with by the same command."""

import re
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.api.export import read_query, rows_of
from activities.api.parameters import EXPORT_PARAMETERS
from activities.api.problems import Problem
from activities.export_files import CannotGoOn, export_files
from activities.export_formats import FORMATS
from activities.progress import ProgressBar

# The API's parameters in a command's spelling.
_FILTERS = {re.sub("[A-Z]", r"-\g<0>", name).lower(): name for name in EXPORT_PARAMETERS[1:-1]}
_clock = partial(datetime.now, UTC)


class Command(BaseCommand):
    help = "Export activities into a directory. The parts in their order are one file; run it again to go on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="made when missing; manifest.json says what is complete")
        parser.add_argument("--format", choices=FORMATS, default="csv")
        for name, parameter in _FILTERS.items():
            parser.add_argument(f"--{name}", action="append", dest=parameter, help="as in the API, repeatable as there")

    def handle(self, *args: Any, **options: Any) -> None:
        directory, format = options["directory"], FORMATS[options["format"]]
        asked = {name: options[name] for name in ("format", *_FILTERS.values()) if options[name]}
        try:
            query = read_query(asked)
            bar = ProgressBar("Exporting", sys.stderr, of=rows_of(query, now=_clock()).count())
            work = export_files(directory, format, lambda now: rows_of(query, now=now), asked=asked, clock=_clock)
            for exported in work:
                bar.show(exported.rows, str(exported))
        except (Problem, CannotGoOn) as error:
            raise CommandError(error.detail if isinstance(error, Problem) else str(error)) from None
        bar.finish(exported.rows, str(exported))
        self.stdout.write(str(exported))
