from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity_history", "0005_requests_are_counted_and_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrivals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("source_domain", models.CharField(db_collation="C", max_length=64, null=True)),
                ("activities", models.BigIntegerField()),
                ("newest_at", models.DateTimeField()),
                ("counted_to", models.BigIntegerField(help_text="The transaction that stored the last one counted.")),
                ("counted_to_id", models.UUIDField()),
                ("epoch", models.UUIDField(help_text="Of the feed: in another one transactions are numbered anew.")),
            ],
            options={
                "db_table": "arrivals",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hour", "source_domain"),
                        name="arrivals_is_one_row_per_hour_and_domain",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(condition=models.Q(("activities__gt", 0)), name="arrivals_has_some"),
                ],
            },
        ),
    ]
