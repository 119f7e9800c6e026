"""What outlives the restore of a backup: erasures, legal holds and revoked clients of after its moment.

It is taken from the database that is to be replaced, and repeated in the one that has replaced it, before anything
else writes there: docs/backup.md.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from django.db import connection
from pydantic import BaseModel, ConfigDict

from activities import erasure, holds, locks
from activities.models import Activity, ApiClient, Author, Erasure, LegalHold

_STRICT = ConfigDict(extra="forbid")


class SavedErasure(BaseModel):
    model_config = _STRICT
    target_id: str | None
    author_rows: list[int] | None
    reason: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None


class SavedHold(BaseModel):
    model_config = _STRICT
    target_id: str
    source_domain: str | None
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None


class SavedRevocation(BaseModel):
    model_config = _STRICT
    name: str
    revoked_at: datetime


class Saved(BaseModel):
    model_config = _STRICT
    saved_at: datetime
    erasures: list[SavedErasure]
    holds: list[SavedHold]
    revoked_clients: list[SavedRevocation]


_Done = Erasure | LegalHold | None


class WrittenSince(Exception):
    """The text tells the cure."""


class Repeated(NamedTuple):
    """How many the backup did not know; `refused` has the sentences of those erasures that a hold refused."""

    erasures: int
    holds: int
    clients: int
    refused: list[str]


def save(*, now: datetime) -> Saved:
    erasures = Erasure.objects.order_by("asked_at", "id").values(*SavedErasure.model_fields)
    placed = LegalHold.objects.order_by("placed_at", "id").values(*SavedHold.model_fields)
    revoked = ApiClient.objects.exclude(revoked_at=None).order_by("name", "id").values(*SavedRevocation.model_fields)
    return Saved.model_validate(
        {"saved_at": now, "erasures": list(erasures), "holds": list(placed), "revoked_clients": list(revoked)}
    )


def renew_epoch() -> None:
    """Transactions are numbered again from the restored moment on, so followers of the feed must begin anew."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE feed_epoch SET epoch = gen_random_uuid(), began_at = now()")


def repeat(saved: Saved, *, now: datetime) -> Repeated:
    """What was saved, in the order of time, so that a hold keeps just what it kept. What is known is left alone.

    Raises WrittenSince; and ClockSkewed when there is something to erase.
    """
    newest = Activity.objects.order_by("-stored_by", "-id").first()
    if newest and newest.recorded_at > saved.saved_at:
        raise WrittenSince(
            "Activities were recorded here after that file was saved, so the numbers of authors in it may be others' "
            "by now, and nothing was done: restore again, and run this before the service is started."
        )
    erasures = [(each.done_at or each.asked_at, partial(_erase, each, now)) for each in saved.erasures]
    placed = [(each.placed_at, partial(_place, each)) for each in saved.holds]
    released = [(each.released_at, partial(_release, each)) for each in saved.holds if each.released_at]
    steps: list[tuple[datetime, Callable[[], _Done]]] = [*placed, *erasures, *released]
    done = [step() for _, step in sorted(steps, key=itemgetter(0))]
    clients = sum(
        ApiClient.objects.filter(name=each.name, revoked_at=None).update(revoked_at=each.revoked_at)
        for each in saved.revoked_clients
    )
    refused = [each.refused for each in done if isinstance(each, Erasure) and each.refused]
    return Repeated(
        erasures=sum(isinstance(each, Erasure) for each in done),
        holds=sum(isinstance(each, LegalHold) for each in done),
        clients=clients,
        refused=refused,
    )


def _erase(saved: SavedErasure, now: datetime) -> Erasure | None:
    """None when it is done already, or when all of its authors came after the backup."""
    same = {name: getattr(saved, name) for name in ("target_id", "reason", "asked_by", "asked_at")}
    known = Erasure.objects.filter(**same).order_by("id").first()
    if known is None:
        rows = _rows_there_are(saved.author_rows)
        if rows == []:
            return None
        known = Erasure.objects.create(author_rows=rows, **same)
    elif known.done_at:
        return None
    return erasure.carry_out(known, now=now)


def _rows_there_are(numbers: list[int] | None) -> list[int] | None:
    if numbers is None:
        return None
    return list(Author.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True))


def _find(saved: SavedHold) -> LegalHold | None:
    same = ("target_id", "source_domain", "placed_by", "placed_at")
    return LegalHold.objects.filter(**{name: getattr(saved, name) for name in same}).order_by("id").first()


def _place(saved: SavedHold) -> LegalHold | None:
    """None when it is known."""
    if _find(saved):
        return None
    members = saved.model_dump(exclude={"released_by", "released_at"})
    with locks.placing_a_hold():
        return LegalHold.objects.create(**members)


def _release(saved: SavedHold) -> None:
    if (hold := _find(saved)) and saved.released_by and saved.released_at:
        holds.release(hold, by=saved.released_by, now=saved.released_at)
