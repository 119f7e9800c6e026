from django.apps import AppConfig


class ActivityHistoryConfig(AppConfig):
    name = "activity_history"
    verbose_name = "Activity history"
