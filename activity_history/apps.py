from django.apps import AppConfig


class ActivityHistoryConfig(AppConfig):
    name = "activity_history"
    verbose_name = "Activity history"

    def ready(self) -> None:
        # Models can be imported from here on.
        from activities import purge_process
        from activity_history.arrivals import count_in_turn
        from activity_history.links import forget_old

        purge_process.also += [forget_old, count_in_turn]
