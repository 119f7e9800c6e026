"""Makes the roles of the service in the database, or brings them up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from activities import database_roles


class Command(BaseCommand):
    help = (
        "Make the roles that DATABASE_URL and DATABASE_RETENTION_URL name, with the passwords in them, as the role of "
        "DATABASE_OWNER_URL; and give each its rights. Run again, it sets passwords and rights anew."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_ROLES:
            raise CommandError("Set DATABASE_OWNER_URL, DATABASE_URL and DATABASE_RETENTION_URL first.")
        connection.ensure_connection()
        server = connection.connection
        try:
            for role in settings.DATABASE_ROLES.values():
                database_roles.make(server, role["USER"], role["PASSWORD"])
            database_roles.grant()
        except (database_roles.RoleMissing, database_roles.RoleUnfit) as error:
            raise CommandError(str(error)) from None
        retention = settings.DATABASE_ROLES["retention"]["USER"]
        if not database_roles.let_see_others_work(server, retention):
            self.stderr.write(
                f"The purge will pause after each batch, because {retention} cannot see whether others work: let a "
                f"superuser run GRANT pg_read_all_stats TO {retention}."
            )
        names = " and ".join(role["USER"] for role in settings.DATABASE_ROLES.values())
        self.stdout.write(f"{names} have their rights on the tables there are; `migrate` gives those on new ones.")
