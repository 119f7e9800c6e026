"""`/metrics` in Prometheus's text format: what those who run the service want to be woken by."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from hmac import compare_digest

import django.db
import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from activities import due, erasure, replica
from activities.api.problems import Problem, answer
from activity_history import arrivals
from config.request_metrics import Requests

_log = logging.getLogger(__name__)


class Retention(Collector):
    """Asked of the database at each scrape, so it is the same whichever worker answers."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = datetime.now(UTC)
        yield GaugeMetricFamily(
            "activity_history_oldest_expired_seconds",
            "Since when the oldest activity has expired that no legal hold keeps and that is still stored; 0 for none.",
            value=_seconds_since(due.oldest_expired(now=now), now),
        )
        ended_well = due.last_that_ended_well()
        yield GaugeMetricFamily(
            "activity_history_last_purge_timestamp_seconds",
            "When the last purge ended that did not fail; 0 for never.",
            value=ended_well.timestamp() if ended_well else 0,
        )
        waiting = erasure.waiting()
        yield GaugeMetricFamily(
            "activity_history_oldest_waiting_erasure_seconds",
            "Since when the oldest request of erasure waits; 0 for none.",
            value=_seconds_since(waiting[0].asked_at if waiting else None, now),
        )


class Replica(Collector):
    """Nothing where no replica is set."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        standing = replica.standing(now=datetime.now(UTC))
        if standing is None:
            return
        yield GaugeMetricFamily(
            "activity_history_reports_on_primary",
            "1 while reports and exports burden the primary, because the replica is gone or too far behind.",
            value=standing.database != replica.REPLICA,
        )
        if standing.behind is not None:
            yield GaugeMetricFamily(
                "activity_history_replica_lag_seconds",
                "At most how long ago something was stored that the replica lacks; absent while that is not known.",
                value=standing.behind.total_seconds(),
            )


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


class Arrived(Collector):
    """By the domain that sent them, as far as arrivals have been counted."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = datetime.now(UTC)
        newest = GaugeMetricFamily(
            "activity_history_newest_activity_seconds",
            "Since when nothing has been recorded of this domain, up to an hour too long: arrivals are counted hourly.",
            labels=["source_domain"],
        )
        for each in arrivals.newest_by_domain():
            newest.add_metric([each.source_domain or "none"], _seconds_since(each.at, now))
        yield newest


class Connections(Collector):
    """The whole server's are what may run out; those of this database say who has them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        open_ = GaugeMetricFamily(
            "activity_history_database_connections", "Connections to this database, by state.", labels=["state"]
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(state, 'not told'), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
            )
            for state, count in cursor.fetchall():
                open_.add_metric([state], count)
            cursor.execute("SELECT current_setting('max_connections')::int")
            [(most,)] = cursor.fetchall()
        yield open_
        yield GaugeMetricFamily(
            "activity_history_database_connections_limit", "How many the whole server takes.", value=most
        )


class Database(Collector):
    """What is asked of it; while it does not answer, the rest is told all the same."""

    def __init__(self, *parts: Collector) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        try:
            for part in self._parts:
                found += part.collect()
            answers = 1
        except (django.db.Error, psycopg.Error) as error:
            _log.error("The database does not answer for the metrics.", exc_info=error)
            answers = 0
        yield GaugeMetricFamily("activity_history_database_up", "1 while the database answers, else 0.", value=answers)
        yield from found


_registry = CollectorRegistry()
_registry.register(Database(Retention(), Replica(), Arrived(), Connections()))
_registry.register(Requests())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    expected = settings.METRICS_TOKEN
    if not expected:
        return answer(request, Problem("not-found", "There are no metrics to read: set METRICS_TOKEN first."))
    given = request.headers.get("Authorization", "")
    if not compare_digest(given.encode(), f"Bearer {expected}".encode()):
        detail = "Send the METRICS_TOKEN of this service as a bearer token."
        return answer(request, Problem("unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"}))
    return HttpResponse(generate_latest(_registry), content_type="text/plain; version=0.0.4; charset=utf-8")
