"""The admin's first page: does everything come in, is anything refused, slow, late or unprotected?"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from activities import due
from activities.database_roles import database_refuses_edits
from activity_history import arrivals, hourly_bars, request_counts, statement_statistics
from activity_history.arrivals import Newest
from activity_history.hourly_bars import Columns
from activity_history.retention_panel import ago, is_late
from activity_history.statements_page import MAY_EXPLAIN, names

_SILENT = timedelta(hours=24)
_SLOWEST = 5


class Domain(NamedTuple):
    """`sentence` says since when nothing came; `is_silent` after a day."""

    sentence: str
    is_silent: bool


class FirstPage(NamedTuple):
    """`explained` are the statements with a page that the user may open."""

    refuses_edits: bool
    columns: Columns
    counted_until: str
    domains: list[Domain]
    most_domains: int
    oldest_unpurged: str
    purge_is_late: bool
    refused: list[request_counts.RefusedWrites]
    answers: request_counts.AnswersOfADay
    statistics: statement_statistics.Statistics
    slowest: list[statement_statistics.Statistic]
    explained: frozenset[str]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Django's own, under what is told to those who may view activities."""
    if not request.user.has_perm("activities.view_activity"):
        return admin.site.index(request)
    shown = first_page(now=datetime.now(UTC), may_explain=request.user.has_perm(MAY_EXPLAIN))
    return admin.site.index(request, {"first_page": shown})


def first_page(*, now: datetime, may_explain: bool) -> FirstPage:
    whole = arrivals.count(now=now)
    newest = arrivals.newest_by_domain()
    oldest = due.oldest_expired(now=now)
    statistics = statement_statistics.by_name(now=now)
    return FirstPage(
        refuses_edits=database_refuses_edits(),
        columns=hourly_bars.stacked(
            arrivals.between(hourly_bars.first_hour(now), now + timedelta(hours=1)),
            now=now,
        ),
        counted_until="" if whole or not newest else _moment(max(each.at for each in newest)),
        domains=[_domain(each, now) for each in newest],
        most_domains=arrivals.MOST_DOMAINS,
        oldest_unpurged=f"expired {ago(oldest, now)}" if oldest else "none",
        purge_is_late=is_late(oldest, now),
        refused=request_counts.refused_writes(now=now),
        answers=request_counts.answers_of_a_day(now=now),
        statistics=statistics,
        slowest=statistics.rows[:_SLOWEST],
        explained=names() if may_explain else frozenset(),
    )


def _domain(newest: Newest, now: datetime) -> Domain:
    name = hourly_bars.in_words(newest.source_domain)
    said = "What names no domain" if newest.source_domain is None else name
    age = now - newest.at
    if age > _SILENT:
        return Domain(f"{said} has sent nothing for {_hours(age)}, since {_moment(newest.at)}", True)
    return Domain(f"{said} sent something {ago(newest.at, now)}", False)


def _hours(age: timedelta) -> str:
    """In hours for two days, then in days."""
    hours = int(age.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
