from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ActivityHistoryConfig(AppConfig):
    name = "activity_history"
    verbose_name = "Activity history"

    def ready(self) -> None:
        # Models can be imported from here on.
        from activities import purge_process
        from activity_history import links, request_counts, request_records
        from activity_history.arrivals import count_in_turn
        from activity_history.reporting import words
        from activity_history.reporting.daily_counts import count_stored

        purge_process.beforehand.append(count_stored)
        purge_process.also += [links.forget_old, request_records.forget_old, request_counts.forget_old, count_in_turn]
        post_migrate.connect(words.write_after_migration, sender=self)
