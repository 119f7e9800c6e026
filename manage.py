#!/usr/bin/env python3
"""Django's commands, with the embedded database running for those that need one."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

_WITHOUT_DATABASE = {
    *("check", "collectstatic", "diffsettings", "findstatic", "help", "send_test_alert", "spectacular", "version"),
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import ProgrammingError
        from psycopg.errors import InsufficientPrivilege

        from config.external_database import ExternalDatabaseUnusable
        from config.local_files import LocalFilesUnusable
        from config.postgres_binaries import PostgresUnavailable
        from config.uncaught import tell_uncaught
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed: run `make run` once, then .venv/bin/python {sys.argv[0]} …")
    tell_uncaught()
    try:
        with _database():
            execute_from_command_line(sys.argv)
    except (ExternalDatabaseUnusable, ImproperlyConfigured, LocalFilesUnusable, PostgresUnavailable) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except (ProgrammingError, InsufficientPrivilege) as error:
        cures = {
            "42P01": "A table is missing in the database: run `manage.py migrate` first.",
            "42703": "A column is missing in the database: run `manage.py migrate` first.",
            "42501": "The database does not let this role do that: docs/database-roles.md says which may.",
        }
        cure = cures.get(getattr(error.__cause__ or error, "sqlstate", None) or "")
        if not cure:
            raise
        sys.exit(cure)


def _database() -> AbstractContextManager[None]:
    from config import external_database
    from config.database import act_as
    from config.database_roles import address_of, role_of
    from config.embedded_postgres import EmbeddedPostgres

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    role = role_of(command)
    act_as(role)
    needs_none = command.startswith("-") or (command in _WITHOUT_DATABASE and "--database" not in sys.argv)
    asks_for_help = "--help" in sys.argv or "-h" in sys.argv or "DJANGO_AUTO_COMPLETE" in os.environ
    if needs_none or asks_for_help:
        return nullcontext()
    if address := address_of(role):
        external_database.check(*address)
        return nullcontext()
    return EmbeddedPostgres().running()


if __name__ == "__main__":
    main()
