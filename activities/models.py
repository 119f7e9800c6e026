"""What is stored: who may send, who did it, and what was done.

The tables bear plain names, because analysts read them in SQL. The constraints hold the promises of the
wire contract also against writers that do not come through the API.
"""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import Exact
from django.utils import timezone

from activities.activity_rows import ActivityRows as ActivityRows

# Django looks for models here.
from activities.keeping import Erasure as Erasure
from activities.keeping import LegalHold as LegalHold
from activities.keeping import PurgeReceipt as PurgeReceipt
from activities.read_records import ReadRecord as ReadRecord

WORD = r"^[A-Za-z][A-Za-z0-9_.-]*$"
# What stands in the place of what was erased.
ERASED_NAME = "erased"
ERASED_DOCUMENT = {"erased": True}
_ERASED = models.Value(ERASED_DOCUMENT, models.JSONField())


def _is_object(column: str) -> Q:
    kind = models.Func(F(column), function="jsonb_typeof", output_field=models.TextField())
    return Q(**{f"{column}__isnull": True}) | Q(Exact(kind, models.Value("object")))


class ApiClient(models.Model):
    """A service that may call: its tokens name it, and it can be revoked but never deleted."""

    name = models.CharField(max_length=255, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    activities_per_minute = models.PositiveIntegerField(null=True, blank=True)
    reads_are_recorded = models.BooleanField(
        default=False, db_default=False, help_text="Each history that it reads by the API is written down."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = "api_client"
        verbose_name = "API client"
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_client_has_a_name"),
            models.CheckConstraint(
                condition=Q(requests_per_minute__isnull=True) | Q(requests_per_minute__gt=0),
                name="api_client_requests_limit_lets_some_through",
            ),
            models.CheckConstraint(
                condition=Q(activities_per_minute__isnull=True) | Q(activities_per_minute__gt=0),
                name="api_client_activities_limit_lets_some_through",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def revoke(self, *, now: datetime) -> bool:
        """False when it was revoked before. Workers notice within a minute."""
        return ApiClient.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now) == 1

    def restore(self) -> bool:
        """False when it was not revoked. Tokens that have not ended are good again."""
        return ApiClient.objects.filter(pk=self.pk, revoked_at__isnull=False).update(revoked_at=None) == 1


class Author(models.Model):
    """A person or program as it was called at the moment of an activity; never changed afterwards, but for erasure.

    One row for each distinct (identifier, full name, e-mail), so that a name can be found in one place.
    """

    identifier = models.CharField(max_length=255, null=True, blank=True, db_collation="C")
    full_name = models.CharField(max_length=255, db_collation="C")
    email = models.CharField(max_length=254, null=True, blank=True, db_collation="C")
    unused_since = models.DateTimeField(null=True, help_text="When the purge first found no activity of it.")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "author"
        constraints = [
            models.UniqueConstraint(
                fields=["identifier", "full_name", "email"],
                nulls_distinct=False,
                condition=Q(erased_at__isnull=True),
                name="author_is_one_row_per_snapshot",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(identifier__isnull=True, full_name=ERASED_NAME, email__isnull=True),
                name="author_erased_keeps_no_word",
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="author_has_a_full_name"),
            # The wire says null for these, so that "" and null never stand for two different authors.
            models.CheckConstraint(
                condition=Q(identifier__isnull=True) | ~Q(identifier=""), name="author_identifier_not_empty"
            ),
            models.CheckConstraint(condition=Q(email__isnull=True) | ~Q(email=""), name="author_email_not_empty"),
        ]

    def __str__(self) -> str:
        return self.full_name


class Activity(models.Model):
    """One thing that was done to one record. Never updated, but for the erasure of its documents.

    No foreign key points here and nothing but `id` is unique, so that the table can be distributed by
    `target_id` one day: docs/decisions/0002-one-table-with-id-as-its-key.md.
    """

    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=64, db_collation="C")
    target_type = models.CharField(max_length=64, db_collation="C")
    target_id = models.CharField(max_length=255, db_collation="C")
    source_domain = models.CharField(max_length=64, null=True, db_collation="C")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    time_to_live = models.CharField(
        max_length=16, null=True, help_text="As asked by the sender; null where the retention policy decided."
    )
    expires_at = models.DateTimeField(null=True)
    old_data = models.JSONField(null=True)
    new_data = models.JSONField(null=True)
    # Without a constraint: its check would lock the author's row in every write, and the one row of a busy client.
    # A trigger keeps authors that are in use: docs/decisions/0004-authors-are-snapshots.md.
    author = models.ForeignKey(
        Author, on_delete=models.PROTECT, related_name="activities", db_index=False, db_constraint=False
    )
    client = models.ForeignKey(
        ApiClient,
        on_delete=models.PROTECT,
        related_name="activities",
        db_index=False,
        db_constraint=False,
    )
    correlation_id = models.CharField(max_length=128, null=True, db_collation="C")
    stored_by = models.BigIntegerField(
        db_default=Cast(Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()),
        help_text="The transaction that stored it.",
    )
    erased_at = models.DateTimeField(null=True)

    objects = ActivityRows.as_manager()

    class Meta:
        db_table = "activity"
        verbose_name_plural = "activities"
        permissions = [
            ("view_held", "Can view activities that a legal hold keeps past their expiry"),
            ("view_sensitive", "Can view the data of sensitive activities"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(type__regex=WORD), name="activity_type_is_a_word"),
            models.CheckConstraint(condition=Q(target_type__regex=WORD), name="activity_target_type_is_a_word"),
            models.CheckConstraint(
                condition=~Q(target_id="") & ~Q(target_id__regex="[\u0001-\u001f\u007f-\u009f]"),
                name="activity_target_id_without_control_characters",
            ),
            models.CheckConstraint(
                condition=Q(source_domain__isnull=True) | ~Q(source_domain=""),
                name="activity_source_domain_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__gte="1900-01-01T00:00:00Z"), name="activity_occurred_since_1900"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("occurred_at")),
                name="activity_expires_after_it_occurred",
            ),
            models.CheckConstraint(
                condition=Q(time_to_live__isnull=True)
                | Q(time_to_live__regex=r"^P[0-9]+[DMY]$", expires_at__isnull=False),
                name="activity_time_to_live_sets_expiry",
            ),
            models.CheckConstraint(condition=_is_object("old_data"), name="activity_old_data_is_an_object"),
            models.CheckConstraint(condition=_is_object("new_data"), name="activity_new_data_is_an_object"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    Exact(F("old_data"), _ERASED),
                    Exact(F("new_data"), _ERASED),
                    old_data__isnull=False,
                    new_data__isnull=False,
                ),
                name="activity_erased_keeps_no_data",
            ),
        ]
        indexes = [
            # A target's history, newest first: the statement that the API runs most.
            models.Index(fields=["target_id", "occurred_at", "id"], name="activity_about_target"),
            # Search by time over all targets, and the admin's list.
            models.Index(fields=["occurred_at", "id"], name="activity_by_time"),
            # Followers read in the order of storing.
            models.Index(fields=["stored_by", "id"], name="activity_in_order_of_storing"),
            # Partial, because the planner looks up the ends of a plain index on a column that a query
            # compares, and right after a purge that walks the dead entries for every plan.
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(expires_at__isnull=False),
                name="activity_by_expiry",
            ),
            models.Index(
                fields=["correlation_id"],
                condition=Q(correlation_id__isnull=False),
                name="activity_by_correlation",
            ),
            # Is an author's row still used? Asked when it is deleted, by the trigger as well.
            models.Index(fields=["author"], name="activity_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.target_type}"
