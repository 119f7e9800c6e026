"""What the next purge would take, and how far behind the last ones are."""

from datetime import UTC, datetime
from typing import NamedTuple, cast
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncMonth

from activities.models import Activity, ActivityRows, PurgeReceipt


class Due(NamedTuple):
    """Activities of one kind whose expiry lies in one month (UTC), as the first moment of it."""

    target_type: str
    type: str
    month: datetime
    activities: int


class Outlook(NamedTuple):
    """What a purge at that moment would delete, and what legal holds keep from it."""

    due: list[Due]
    oldest_expiry: datetime | None
    newest_expiry: datetime | None
    held_back: int
    more: bool = False

    @property
    def activities(self) -> int:
        return sum(each.activities for each in self.due)


def outlook(*, now: datetime, at_most: int | None = None) -> Outlook:
    """Reads every expired row, or those `at_most` that expired first: `more` says that others lie behind them."""
    expired = Activity.objects.expired(now=now)
    following = _row_behind(expired, at_most)
    if following:
        expires_at, id = following
        # The first bounds the scan of the index, the second decides its ties.
        expired = expired.filter(Q(expires_at__lte=expires_at), Q(expires_at__lt=expires_at) | Q(id__lt=id))
    kinds = (
        expired.held(False)
        .annotate(month=TruncMonth("expires_at", tzinfo=UTC))
        .values_list("target_type", "type", "month")
        .annotate(count=Count("id"), oldest=Min("expires_at"), newest=Max("expires_at"))
        .order_by("target_type", "type", "month")
    )
    rows = list(kinds)
    return Outlook(
        due=[Due(*row[:4]) for row in rows],
        oldest_expiry=min((row[4] for row in rows), default=None),
        newest_expiry=max((row[5] for row in rows), default=None),
        held_back=expired.held().count(),
        more=following is not None,
    )


def _row_behind(expired: ActivityRows, at_most: int | None) -> tuple[datetime, UUID] | None:
    """The place in the order of expiry after that many rows, read from the index alone."""
    if at_most is None:
        return None
    place = expired.order_by("expires_at", "id").values_list("expires_at", "id")[at_most:].first()
    return cast("tuple[datetime, UUID] | None", place)


def oldest_expired(*, now: datetime) -> datetime | None:
    """The expiry of the oldest row that has expired, is not held, and is still stored."""
    expired = Activity.objects.expired(now=now).held(False).order_by("expires_at", "id")
    return expired.values_list("expires_at", flat=True).first()


def last_that_ended_well() -> datetime | None:
    """When the last purge ended that did not fail."""
    well = PurgeReceipt.objects.filter(ended_at__isnull=False, error=None).order_by("-started_at", "-id")
    return well.values_list("ended_at", flat=True).first()


def expired(*, now: datetime) -> int:
    """How many a purge would delete."""
    return Activity.objects.expired(now=now).held(False).count()


def in_words(outlook: Outlook) -> str:
    lines = [
        f"Would delete {outlook.activities:,} activities{_between(outlook.oldest_expiry, outlook.newest_expiry)}; "
        f"legal holds keep {outlook.held_back:,}."
    ]
    lines += [
        f"{each.activities:>12,}  {each.month:%B %Y}  {each.type} {each.target_type}"
        for each in sorted(outlook.due, key=lambda each: (each.month, each.target_type, each.type))
    ]
    return "\n".join(lines)


def receipt_in_words(receipt: PurgeReceipt) -> str:
    kept = "" if receipt.held_back is None else f"; legal holds keep {receipt.held_back:,}"
    return (
        f"Deleted {receipt.deleted:,} activities{_between(receipt.oldest_expiry, receipt.newest_expiry)} "
        f"and {receipt.authors_deleted:,} authors that nothing used{kept}."
    )


def _between(oldest: datetime | None, newest: datetime | None) -> str:
    return f" that expired from {_to_the_second(oldest)} to {_to_the_second(newest)}" if oldest and newest else ""


def _to_the_second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
