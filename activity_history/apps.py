from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ActivityHistoryConfig(AppConfig):
    name = "activity_history"
    verbose_name = "Activity history"

    def ready(self) -> None:
        # Models can be imported from here on.
        from axes.signals import user_locked_out

        from activities import purge_process
        from activity_history import arrivals, guessing, links, request_counts, request_records
        from activity_history.reporting import words
        from activity_history.reporting.daily_counts import count_stored

        user_locked_out.connect(guessing.tell, dispatch_uid="guessing")
        purge_process.beforehand += [count_stored, arrivals.count_all]
        for each in (links, request_records, request_counts, arrivals):
            purge_process.also.append(each.forget_old)
        post_migrate.connect(words.write_after_migration, sender=self)
