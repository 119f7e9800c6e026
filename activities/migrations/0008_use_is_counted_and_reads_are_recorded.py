import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What clients use is counted in a table that is not logged: after a crash of the server a minute begins anew."""

    dependencies = [("activities", "0007_the_feed_has_an_epoch")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE client_use (
              client_id bigint NOT NULL,
              allowance text NOT NULL,
              minute timestamptz NOT NULL,
              count bigint NOT NULL,
              let_through boolean NOT NULL,
              CONSTRAINT client_use_one_row_a_minute PRIMARY KEY (client_id, allowance, minute)
            )
            -- Changed again and again: with room in its page a row needs no new entry in the index.
            WITH (fillfactor = 50);
            """,
            "DROP TABLE client_use",
        ),
        migrations.AddField(
            model_name="apiclient",
            name="reads_are_recorded",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Each history that it reads by the API is written down."
            ),
        ),
        migrations.CreateModel(
            name="ReadRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("target_id", models.CharField(db_collation="C", max_length=255)),
                ("read_at", models.DateTimeField()),
                ("channel", models.CharField(db_collation="C", max_length=8)),
                ("reader", models.CharField(max_length=255)),
                ("role", models.CharField(max_length=150)),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="activities.apiclient",
                    ),
                ),
            ],
            options={
                "verbose_name": "recorded read",
                "verbose_name_plural": "recorded reads",
                "db_table": "read_record",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["target_id", "channel", "read_at", "id"], name="read_record_last_of_target")
                ],
                "constraints": [
                    models.CheckConstraint(condition=~Q(target_id=""), name="read_record_has_a_target"),
                    models.CheckConstraint(
                        condition=Q(channel="page", client_id__isnull=True)
                        | Q(channel__in=("link", "api"), client_id__isnull=False),
                        name="read_record_names_the_client_unless_on_a_page",
                    ),
                    models.CheckConstraint(condition=~Q(reader="") & ~Q(role=""), name="read_record_names_a_reader"),
                ],
            },
        ),
    ]
