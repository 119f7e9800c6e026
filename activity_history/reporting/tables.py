"""The tables behind the views for analysts. They stand outside the schema `reporting`, so no analyst reads them.

The views themselves are made by migrations, from the files of `migrations/sql/`.
"""

from django.db import models
from django.db.models import Q


class ReportingLabel(models.Model):
    """What a word is called, as the wording says; written anew after each migration.

    The name of a field that has a label of its own in a target type begins with that and a dot.
    """

    class Sort(models.TextChoices):
        FIELD = "field"
        TARGET_TYPE = "target_type"
        TYPE = "type"
        DOMAIN = "domain"
        TRANSACTION_TYPE = "transaction_type"
        ACRONYM = "acronym"

    sort = models.CharField(max_length=16, choices=Sort.choices, db_collation="C")
    name = models.CharField(max_length=255, db_collation="C")
    label = models.CharField(max_length=255)

    class Meta:
        db_table = "reporting_label"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sort", "name"], name="reporting_label_is_one_row_per_word"),
        ]

    def __str__(self) -> str:
        return self.label


class ReportingKind(models.Model):
    """What analysts see of a kind of activity; written anew after each migration.

    An empty type is every other type of the target type; both empty is every other kind. Where no row fits, which is
    so before the first filling, nothing is shown.
    """

    target_type = models.CharField(max_length=64, db_collation="C")
    type = models.CharField(max_length=64, db_collation="C")
    activity_shown = models.BooleanField()
    data_shown = models.BooleanField()

    class Meta:
        db_table = "reporting_kind"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["target_type", "type"], name="reporting_kind_is_one_row_per_kind"),
            models.CheckConstraint(
                condition=Q(activity_shown=True) | Q(data_shown=False),
                name="reporting_kind_shows_data_of_what_is_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_type}/{self.type}"


class DailyCount(models.Model):
    """How many activities of a kind happened on a day in London, as far as they have been counted."""

    day = models.DateField()
    source_domain = models.CharField(max_length=64, null=True, db_collation="C")
    target_type = models.CharField(max_length=64, db_collation="C")
    type = models.CharField(max_length=64, db_collation="C")
    activities = models.BigIntegerField()
    newest_occurred_at = models.DateTimeField()
    newest_recorded_at = models.DateTimeField()

    class Meta:
        db_table = "daily_count"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["day", "source_domain", "target_type", "type"],
                nulls_distinct=False,
                name="daily_count_is_one_row_per_day_domain_and_kind",
            ),
            models.CheckConstraint(condition=Q(activities__gt=0), name="daily_count_counts_something"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.activities}"


class CountedUntil(models.Model):
    """One row: the place in the order of storing up to which the daily counts have counted."""

    is_the_one = models.BooleanField(primary_key=True, default=True)
    stored_by = models.BigIntegerField()
    activity_id = models.UUIDField()

    class Meta:
        db_table = "daily_count_until"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(is_the_one=True), name="daily_count_until_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.stored_by)
