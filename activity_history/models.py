"""What the reading side stores: links by which residents see their history, what reports need, what was asked of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from activities.access import LONGEST_LINK_MINUTES
from activities.history import MAX_TARGETS
from activities.models import Activity, ApiClient

# Django looks for models here.
from activity_history.reporting.tables import CountedUntil as CountedUntil
from activity_history.reporting.tables import DailyCount as DailyCount
from activity_history.reporting.tables import ReportingKind as ReportingKind
from activity_history.reporting.tables import ReportingLabel as ReportingLabel
from activity_history.request_counts import RequestCount as RequestCount
from activity_history.request_counts import StatementCount as StatementCount
from activity_history.request_records import RequestRecord as RequestRecord


class ViewerLinks(models.QuerySet["ViewerLink"]):
    def usable(self, *, now: datetime) -> Self:
        """Not ended and not revoked, nor is the client that made it: a link is of no use from its `expires_at` on."""
        return self.filter(expires_at__gt=now, revoked_at__isnull=True, client__revoked_at__isnull=True)

    def expired_before(self, moment: datetime) -> Self:
        return self.filter(expires_at__lt=moment)

    def about(self, term: str) -> Self:
        """Of this id, or to this target."""
        try:
            return self.filter(id=UUID(term))
        except ValueError:
            return self.filter(target_ids__contains=[term])

    def revoke(self, ids: Iterable[object], *, by: str, now: datetime) -> int:
        """How many were revoked: one that has been revoked before keeps its moment."""
        return self.filter(pk__in=list(ids), revoked_at__isnull=True).update(
            revoked_at=Greatest("created_at", now), revoked_by=by
        )


class ViewerLink(models.Model):
    """What one link shows, to whoever has it: it holds ids of records, and no word about a person.

    The link itself bears only the id and a signature: docs/decisions/0020-viewer-links-are-rows.md.
    """

    id = models.UUIDField(primary_key=True)
    target_ids = ArrayField(models.CharField(max_length=255, db_collation="C"))
    source_domains = ArrayField(
        models.CharField(max_length=64, db_collation="C"),
        null=True,
        help_text="Those that the client's token may read; null for all.",
    )
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="viewer_links", db_index=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, null=True)

    objects = ViewerLinks.as_manager()

    class Meta:
        db_table = "viewer_link"
        ordering = ["-created_at", "-id"]
        default_permissions = ("view",)
        permissions = [("revoke_viewerlink", "Can revoke viewer links")]
        constraints = [
            models.CheckConstraint(
                condition=Q(target_ids__len__gte=1, target_ids__len__lte=MAX_TARGETS),
                name="viewer_link_has_1_to_20_targets",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + timedelta(minutes=LONGEST_LINK_MINUTES)),
                name="viewer_link_ends_within_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_at__gte=F("created_at"), revoked_by__isnull=False),
                name="viewer_link_is_revoked_by_someone_after_it_was_made",
            ),
        ]
        indexes = [
            # The admin's list.
            models.Index(fields=["created_at", "id"], name="viewer_link_by_time"),
            # Rows that are old enough to be deleted.
            models.Index(fields=["expires_at"], name="viewer_link_by_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def state(self, *, now: datetime) -> str:
        if self.revoked_at is not None:
            return "Revoked"
        return "In use" if self.expires_at > now else "Ended"


class Arrivals(models.Model):
    """How many activities of a domain were recorded in an hour, as far as they have been counted.

    Each row bears the place in the order of storing up to which was counted when it was written; the furthest is where
    to go on: docs/decisions/0027-arrivals-are-counted-behind-the-writers.md.
    """

    hour = models.DateTimeField()
    source_domain = models.CharField(max_length=64, null=True, db_collation="C")
    activities = models.BigIntegerField()
    newest_at = models.DateTimeField()
    counted_to = models.BigIntegerField(help_text="The transaction that stored the last one counted.")
    counted_to_id = models.UUIDField()
    epoch = models.UUIDField(help_text="Of the feed: in another one transactions are numbered anew.")

    class Meta:
        db_table = "arrivals"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "source_domain"], nulls_distinct=False, name="arrivals_is_one_row_per_hour_and_domain"
            ),
            models.CheckConstraint(condition=Q(activities__gt=0), name="arrivals_has_some"),
        ]

    def __str__(self) -> str:
        return f"{self.source_domain or 'no domain'}, {self.hour:%Y-%m-%d %H:%M} UTC"


class ApiStatement(Activity):
    """No rows of its own: it gives the permission to see plans of the API's statements a place in this app."""

    class Meta:
        proxy = True
        default_permissions = ()
        permissions = [("explain_statements", "Can see how the database runs the API's statements")]
