"""Makes a login that may read the views for analysts, or gives one that is there a new password."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activity_history.reporting import readers, words

_MOST = 100


def connections(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise ArgumentTypeError(f"give a whole number from 1 to {_MOST}")
    return int(text)


class Command(BaseCommand):
    help = (
        "Make a login of the database that may read the schema reporting and nothing else. Its password is printed "
        "once, alone, on the standard output; run it again for a new one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the login: a-z, 0-9 and _")
        parser.add_argument(
            "--connections",
            type=connections,
            default=readers.MOST_CONNECTIONS,
            help=f"so many at once, {readers.MOST_CONNECTIONS} if not told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        words.write()
        try:
            password = readers.make_reader(options["name"], connections=options["connections"])
        except readers.ReaderRefused as error:
            raise CommandError(str(error)) from None
        host, port, database = readers.place()
        self.stderr.write(f"It connects to host {host}, port {port}, database {database}.")
        self.stderr.write(f"The password of {options['name']}, which is shown only now:")
        self.stdout.write(password)
