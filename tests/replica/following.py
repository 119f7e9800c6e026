"""A follower of the feed, without the API between."""

import threading
from datetime import UTC, datetime
from uuid import UUID

import orjson

from activities import feed
from activities.feed import Position
from activities.models import Activity

NARROW = dict.fromkeys(
    [
        *("target_ids", "allowed_targets", "allowed_domains", "target_types", "types", "source_domains"),
        *("author_ids", "correlation_ids", "occurred_from", "occurred_to"),
    ]
)


def followed(after: Position, *, until: threading.Event | None = None) -> tuple[list[UUID], Position]:
    """Ids until the feed is up to date behind the event, and where it was then."""
    found: list[UUID] = []
    while True:
        last = until is None or until.is_set()
        page = feed.follow(after, narrow=NARROW, page_size=7, now=datetime.now(UTC))
        found += [UUID(orjson.loads(record)["id"]) for record in page.records]
        after = page.next
        if last and page.up_to_date:
            return found, after


def in_order() -> list[UUID]:
    return list(Activity.objects.order_by("stored_by", "id").values_list("id", flat=True))
