from django.db import migrations

_TABLES = ("activity", "author")


class Migration(migrations.Migration):
    """To give the end of a table back to the system, VACUUM locks it, on a replica too: there the lock waits for every
    query of the table, the replay for the lock, and in the end the queries are cut off. New rows need the room anyway.
    """

    dependencies = [("activities", "0008_use_is_counted_and_reads_are_recorded")]

    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE {table} SET (vacuum_truncate = off, toast.vacuum_truncate = off)" for table in _TABLES],
            [f"ALTER TABLE {table} RESET (vacuum_truncate, toast.vacuum_truncate)" for table in _TABLES],
        )
    ]
