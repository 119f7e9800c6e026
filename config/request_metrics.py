"""What the workers have counted, as Prometheus has it."""

from collections import defaultdict
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from config import request_totals
from config.request_totals import BOUNDS, Totals

_COUNTERS = {
    "refused": (
        "activity_history_problems",
        "Requests that were refused or failed, by the type of their problem.",
        ("method", "problem"),
    ),
    "recorded": ("activity_history_recorded_activities", "Activities that were recorded.", ("source_domain",)),
    "dropped": (
        "activity_history_dropped_accounts",
        "Accounts of requests that were not written: whole ones, hourly counts, records kept for complaints, and apart "
        "those of a status that is frequent.",
        ("what",),
    ),
}
# A series that begins with its first fault has not increased by it.
_TOLD_FROM_THE_START = [("refused", method, "internal-error") for method in ("GET", "POST")]
_EDGES = (*map(str, BOUNDS), "+Inf")


class Requests(Collector):
    """Of all workers of this server together, at most a second old."""

    def collect(self) -> Iterator[Metric]:
        folder = request_totals.place()
        totals = Totals(dict.fromkeys(_TOLD_FROM_THE_START, 0))
        if folder:
            totals.update(request_totals.all_together(folder))
        yield _durations(totals)
        for what, (name, text, labels) in _COUNTERS.items():
            family = CounterMetricFamily(name, text, labels=labels)
            for key, count in sorted(totals.items()):
                if key[0] == what:
                    family.add_metric(key[1:], count)
            yield family


def _durations(totals: Totals) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "activity_history_request_seconds",
        "Requests and how long each took, until its answer was ready.",
        labels=("method", "route", "status"),
    )
    found: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for key, count in totals.items():
        if key[0] == "request":
            found[key[1:-1]][key[-1]] = count
    for labels, counts in sorted(found.items()):
        below, buckets = 0, []
        for edge in _EDGES:
            below += counts.get(edge, 0)
            buckets.append((edge, below))
        family.add_metric(labels, buckets, sum_value=totals["seconds", *labels])
    return family
