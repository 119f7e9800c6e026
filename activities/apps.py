from importlib import import_module

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"

    def ready(self) -> None:
        # So that a faulty wording.toml is known at the start and not at the first page.
        import_module("activities.wording")
