"""Legal holds: what is held is neither purged nor erased, from the commit of the hold on."""

from datetime import datetime

from django.db import connection, transaction

from activities.models import LegalHold

# Taken shared by each batch that deletes or erases, and alone by the placing of a hold: so placing waits for the
# batch that runs, and the next one sees it. Any number that nothing else uses.
_LOCK = 7_303_001


def place(*, target_id: str, source_domain: str | None, reason: str, by: str, now: datetime) -> LegalHold:
    """Waits for a purge's batch that runs, less than a second."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        return LegalHold.objects.create(
            target_id=target_id, source_domain=source_domain, reason=reason, placed_by=by, placed_at=now
        )


def release(hold: LegalHold, *, by: str, now: datetime) -> bool:
    """False when it was released before."""
    return LegalHold.objects.filter(pk=hold.pk, released_at=None).update(released_by=by, released_at=now) == 1


def none_is_placed_meanwhile() -> None:
    """First in a transaction that deletes or erases: until its end no hold is placed, and those of before are seen."""
    with connection.cursor() as cursor:
        # A stricter level would go on seeing what was there before the wait.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
