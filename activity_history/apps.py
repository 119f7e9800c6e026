from django.apps import AppConfig


class ActivityHistoryConfig(AppConfig):
    name = "activity_history"
    verbose_name = "Activity history"

    def ready(self) -> None:
        # Models can be imported from here on.
        from activities import purge_process
        from activity_history import links, request_counts, request_records

        purge_process.also += [links.forget_old, request_records.forget_old, request_counts.forget_old]
