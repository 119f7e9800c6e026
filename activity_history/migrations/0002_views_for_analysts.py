from pathlib import Path

from django.db import migrations, models

# The files are a part of this migration: a later one that changes a view brings its own.
SQL = Path(__file__).with_name("sql_0002")
VIEWS = ("activity", "activity_change", "author", "daily_activity", "finance_transaction", "erasure", "freshness")


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0007_the_feed_has_an_epoch"),
        ("activity_history", "0001_viewer_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedUntil",
            fields=[
                ("is_the_one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("stored_by", models.BigIntegerField()),
                ("activity_id", models.UUIDField()),
            ],
            options={
                "db_table": "daily_count_until",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_the_one", True)), name="daily_count_until_is_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("source_domain", models.CharField(db_collation="C", max_length=64, null=True)),
                ("target_type", models.CharField(db_collation="C", max_length=64)),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("activities", models.BigIntegerField()),
                ("newest_occurred_at", models.DateTimeField()),
                ("newest_recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "daily_count",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "source_domain", "target_type", "type"),
                        name="daily_count_is_one_row_per_day_domain_and_kind",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("activities__gt", 0)), name="daily_count_counts_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportingKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target_type", models.CharField(db_collation="C", max_length=64)),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("activity_shown", models.BooleanField()),
                ("data_shown", models.BooleanField()),
            ],
            options={
                "db_table": "reporting_kind",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("target_type", "type"), name="reporting_kind_is_one_row_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("activity_shown", True), ("data_shown", False), _connector="OR"),
                        name="reporting_kind_shows_data_of_what_is_shown",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportingLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sort",
                    models.CharField(
                        choices=[
                            ("field", "Field"),
                            ("target_type", "Target Type"),
                            ("type", "Type"),
                            ("domain", "Domain"),
                            ("transaction_type", "Transaction Type"),
                            ("acronym", "Acronym"),
                        ],
                        db_collation="C",
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(db_collation="C", max_length=255)),
                ("label", models.CharField(max_length=255)),
            ],
            options={
                "db_table": "reporting_label",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("sort", "name"), name="reporting_label_is_one_row_per_word")
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE SCHEMA reporting; COMMENT ON SCHEMA reporting IS 'What data analysts read.'",
            "DROP SCHEMA reporting",
        ),
        migrations.RunSQL(
            (SQL / "functions.sql").read_text(),
            "DROP FUNCTION reporting.cut, reporting.to_the_second, reporting.made_label, reporting.has_ids,"
            " reporting.differs, reporting.number, reporting.amount, reporting.as_number, reporting.whole_number,"
            " reporting.london_day",
        ),
        migrations.RunSQL((SQL / "activity_for_analysts.sql").read_text(), "DROP VIEW activity_for_analysts"),
        *(migrations.RunSQL((SQL / f"{view}.sql").read_text(), f"DROP VIEW reporting.{view}") for view in VIEWS),
        migrations.RunSQL((SQL / "shared_columns.sql").read_text(), migrations.RunSQL.noop),
    ]
