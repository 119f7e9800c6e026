"""How many activities this process has recorded, by source domain, since it began: for metrics."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from activities.new_activities import NewActivity

# Senders name their domains, and every name is a series to whoever stores the metrics.
_DOMAINS_AT_MOST = 50
WITHOUT_DOMAIN, OTHER = "none", "other"

by_domain: Counter[str] = Counter()


def count(activities: Collection[NewActivity], created: Collection[UUID]) -> None:
    new = activities if len(created) == len(activities) else [each for each in activities if each.id in created]
    for domain, number in Counter([each.source_domain or WITHOUT_DOMAIN for each in new]).items():
        is_one_too_many = domain not in by_domain and len(by_domain) >= _DOMAINS_AT_MOST
        by_domain[OTHER if is_one_too_many else domain] += number
