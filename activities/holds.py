"""Legal holds: what is held is neither purged nor erased, from the commit of the hold on."""

from datetime import datetime

from django.db.models.functions import Greatest

from activities import locks
from activities.models import LegalHold


def place(*, target_id: str, source_domain: str | None, reason: str, by: str, now: datetime) -> LegalHold:
    """Waits for a batch of a purge or an erasure that runs, less than a second."""
    with locks.placing_a_hold():
        return LegalHold.objects.create(
            target_id=target_id, source_domain=source_domain, reason=reason, placed_by=by, placed_at=now
        )


def release(hold: LegalHold, *, by: str, now: datetime) -> bool:
    """False when it was released before. By a clock that is behind it counts from when it was placed."""
    in_force = LegalHold.objects.filter(pk=hold.pk, released_at=None)
    return in_force.update(released_by=by, released_at=Greatest("placed_at", now)) == 1
