"""How many activities this process has recorded, by source domain, since it began: for metrics."""

from collections import Counter
from collections.abc import Collection, Iterable
from uuid import UUID

from activities.new_activities import NewActivity

# Senders name their domains, and every name is a series to whoever stores the metrics.
_DOMAINS_AT_MOST = 50
WITHOUT_DOMAIN, OTHER = "none", "other"

by_domain: Counter[str] = Counter()


def count(activities: Iterable[NewActivity], created: Collection[UUID]) -> None:
    for activity in activities:
        if activity.id in created:
            domain = activity.source_domain or WITHOUT_DOMAIN
            if domain not in by_domain and len(by_domain) >= _DOMAINS_AT_MOST:
                domain = OTHER
            by_domain[domain] += 1
