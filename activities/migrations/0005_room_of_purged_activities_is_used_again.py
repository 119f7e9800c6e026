from django.db import migrations


class Migration(migrations.Migration):
    """The server's own threshold, a fifth of the table, would let millions of dead rows pile up."""

    dependencies = [("activities", "0004_legal_holds_keep_their_history")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE activity SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000)",
            "ALTER TABLE activity RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)",
        )
    ]
