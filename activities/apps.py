from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "Records and retention"

    def ready(self) -> None:
        # So that a faulty wording.toml is known at the start and not at the first page.
        import_module("activities.wording")
        import_module("activities.checks")
        # Sent when all migrations are done, also those of other applications.
        post_migrate.connect(_grant, sender=self)


def _grant(**migration: Any) -> None:
    from activities import database_roles

    database_roles.grant()
