"""`/metrics` in Prometheus's text format: what those who run the service want to be woken by."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from activities import due, erasure, replica
from activities.api.problems import Problem, answer


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


_registry = CollectorRegistry()
_registry.register(Retention())
_registry.register(Replica())


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
