"""How often each address was asked and how it answered, and how often each statement ran, by the hour."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models import Q, Sum

from activities.models import ApiClient

KEPT_FOR = timedelta(days=30)
_Rows = TypeVar("_Rows", bound=models.QuerySet[Any])


class RequestCount(models.Model):
    hour = models.DateTimeField(help_text="When it began.")
    method = models.CharField(max_length=8, db_collation="C")
    route = models.CharField(max_length=255, db_collation="C")
    status = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=64, blank=True, db_collation="C")
    client = models.ForeignKey(
        ApiClient, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    requests = models.BigIntegerField()
    ms = models.FloatField(help_text="Of all together.")

    class Meta:
        db_table = "request_count"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "method", "route", "status", "problem", "client"],
                nulls_distinct=False,
                name="request_count_is_one_row_per_hour_and_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M} {self.method} {self.route} {self.status}"


class StatementCount(models.Model):
    hour = models.DateTimeField(help_text="When it began.")
    name = models.CharField(max_length=64, db_collation="C")
    calls = models.BigIntegerField()
    ms = models.FloatField(help_text="Of all together.")
    rows = models.BigIntegerField()

    class Meta:
        db_table = "statement_count"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["hour", "name"], name="statement_count_is_one_row_per_hour_and_name")
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M} {self.name}"


class AnswersOfADay(NamedTuple):
    """`refused` were answered with 4xx, `failed` with 5xx; both are part of `requests`."""

    requests: int
    refused: int
    failed: int

    @property
    def error_rate(self) -> float:
        """The share that failed, in per cent."""
        return 100 * self.failed / self.requests if self.requests else 0.0


class RefusedWrites(NamedTuple):
    """`problem` is the slug of a type of activities/api/problem_types.py."""

    problem: str
    requests: int


class StatementUse(NamedTuple):
    name: str
    calls: int
    mean_ms: float
    rows: int


def answers_of_a_day(*, now: datetime) -> AnswersOfADay:
    """Of all addresses, in the last 24 hours."""
    found = _of_a_day(RequestCount.objects.all(), now).aggregate(
        all=Sum("requests"),
        refused=Sum("requests", filter=Q(status__gte=400, status__lt=500)),
        failed=Sum("requests", filter=Q(status__gte=500)),
    )
    return AnswersOfADay(found["all"] or 0, found["refused"] or 0, found["failed"] or 0)


def refused_writes(*, now: datetime) -> list[RefusedWrites]:
    """Of the last 24 hours, by reason, the most frequent first. What failed is no refusal."""
    writes = RequestCount.objects.filter(
        method="POST", route__startswith="/api/v1/activit", status__gte=400, status__lt=500
    )
    found = _of_a_day(writes, now).values_list("problem").annotate(count=Sum("requests")).order_by("-count", "problem")
    return [RefusedWrites(*row) for row in found]


def statements_by_name(*, now: datetime) -> list[StatementUse]:
    """Of the last 24 hours, what took most time in all first."""
    found = (
        _of_a_day(StatementCount.objects.all(), now)
        .values_list("name")
        .annotate(all_calls=Sum("calls"), all_ms=Sum("ms"), all_rows=Sum("rows"))
        .order_by("-all_ms", "name")
    )
    return [StatementUse(name, calls, ms / calls, rows) for name, calls, ms, rows in found]


def _of_a_day(rows: _Rows, now: datetime) -> _Rows:
    """Hours are counted whole, so the one in which the day began is among them."""
    return rows.filter(hour__gt=now - timedelta(hours=25), hour__lte=now)


def forget_old(now: datetime) -> int:
    """How many rows were removed: a few thousand an hour at most."""
    old = now - KEPT_FOR
    return sum(rows.objects.filter(hour__lt=old).delete()[0] for rows in (RequestCount, StatementCount))
