"""Single requests that failed, were refused, or were slow: kept for a week, for whoever follows up a complaint."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from activities.models import ApiClient
from activity_history.answered import Answered

KEPT_FOR = timedelta(days=7)
_STATEMENTS_AT_MOST = 50
_REMOVED_AT_ONCE = 5_000


class RequestRecords(models.QuerySet["RequestRecord"]):
    def correlated(self, correlation_id: str) -> Self:
        return self.filter(correlation_id=correlation_id)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")


class RequestRecord(models.Model):
    """No address, no parameter's value, nothing of a body: what is here says nothing of a person."""

    at = models.DateTimeField(help_text="When the answer was ready.")
    correlation_id = models.CharField(max_length=128, db_collation="C")
    # Without a constraint: its check would lock the row of a busy client.
    client = models.ForeignKey(
        ApiClient, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    method = models.CharField(max_length=8)
    route = models.CharField(max_length=255, help_text="Its address with names in place of ids.")
    parameters = ArrayField(models.CharField(max_length=64), help_text="Their names.")
    status = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=64, blank=True, help_text="The type of a refusal; empty for none.")
    ms = models.FloatField()
    statements = models.JSONField(help_text="Name, rows and milliseconds of each, in the order in which they ran.")

    objects = RequestRecords.as_manager()

    class Meta:
        db_table = "request_record"
        verbose_name = "request that failed or was slow"
        verbose_name_plural = "requests that failed or were slow"
        default_permissions = ("view",)
        indexes = [
            # The admin's list, and what is old enough to be removed.
            models.Index(fields=["at", "id"], name="request_record_by_time"),
            # From a complaint to its request.
            models.Index(fields=["correlation_id"], name="request_record_by_correlation"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def record_of(request: Answered) -> RequestRecord:
    return RequestRecord(
        at=request.moment,
        correlation_id=request.correlation_id,
        client_id=request.caller.client_id if request.caller else None,
        method=request.method,
        route=request.route[:255],
        parameters=request.parameters,
        status=request.status,
        problem=request.problem,
        ms=request.ms,
        statements=[
            {"name": run.name, "rows": run.rows, "ms": round(run.ms, 3)} for run in request.runs[:_STATEMENTS_AT_MOST]
        ],
    )


def write(records: Iterable[RequestRecord]) -> None:
    RequestRecord.objects.bulk_create(records)


def forget_old(now: datetime) -> int:
    """How many were removed, in batches."""
    removed = 0
    old = RequestRecord.objects.filter(at__lt=now - KEPT_FOR).order_by("at", "id").values_list("id", flat=True)
    while ids := list(old[:_REMOVED_AT_ONCE]):
        removed += RequestRecord.objects.filter(id__in=ids).delete()[0]
    return removed
