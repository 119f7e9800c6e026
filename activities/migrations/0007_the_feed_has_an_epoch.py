from django.db import migrations


class Migration(migrations.Migration):
    """One row: whoever restores a backup gives it another epoch, because transactions are then numbered again."""

    dependencies = [("activities", "0006_some_staff_may_see_sensitive_activities")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE feed_epoch (
              is_the_one boolean PRIMARY KEY DEFAULT true CHECK (is_the_one),
              epoch uuid NOT NULL DEFAULT gen_random_uuid(),
              began_at timestamptz NOT NULL DEFAULT now()
            );
            INSERT INTO feed_epoch DEFAULT VALUES;
            """,
            "DROP TABLE feed_epoch",
        )
    ]
