from django.db import migrations


class Migration(migrations.Migration):
    """The times that analysts ask for are of another type than those stored, so they need an index of their own.

    One that knows of each few pages the first and the last moment: a whole one would cost every write an eighth more.
    The server uses it only once it has seen in what order the rows lie.
    """

    atomic = False
    dependencies = [("activity_history", "0002_views_for_analysts")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS activity_by_time_for_analysts ON activity"
            " USING brin ((date_trunc('second', occurred_at AT TIME ZONE 'UTC')::timestamp(0)))"
            " WITH (pages_per_range = 32, autosummarize = on)",
            "DROP INDEX CONCURRENTLY IF EXISTS activity_by_time_for_analysts",
        ),
        migrations.RunSQL("ANALYZE activity", migrations.RunSQL.noop),
    ]
