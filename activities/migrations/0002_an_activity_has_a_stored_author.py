from django.db import migrations


class Migration(migrations.Migration):
    """Checked with the statement, so that a writer learns of a missing author while it can still add it."""

    dependencies = [("activities", "0001_clients_authors_and_activities")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE activity ADD CONSTRAINT activity_has_a_stored_author"
            " FOREIGN KEY (author_id) REFERENCES author (id)",
            "ALTER TABLE activity DROP CONSTRAINT activity_has_a_stored_author",
        )
    ]
