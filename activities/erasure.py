"""Erasure for a data-subject request: the words go, that something happened stays.

It is asked for first and carried out then, so that the request and its receipt are one row: who, when and why, and what
became of it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import orjson
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest

import activities
from activities import locks, reads, statements
from activities.clock import refuse_skewed
from activities.contract import TARGET_ID_PATTERN
from activities.models import ERASED_DOCUMENT, ERASED_NAME, Activity, Author, Erasure, LegalHold
from activities.postgres_formats import numbers
from activities.words_in_documents import targets_naming

_BATCH = 2_000
_MOST_NAMED = 3
_LONGEST_REASON, _LONGEST_NAME = 1000, 150
_LOOKS_AGAIN_SECONDS = 0.2
_target_id = re.compile(TARGET_ID_PATTERN[1:-1])

Stop = Callable[[], bool]
Progress = Callable[[int], None]


class CannotBeAsked(ValueError):
    """Such an erasure cannot be asked for; the text tells the cure."""


class _Held(Exception):
    """The sentence that refuses it."""


def ask_for_target(target_id: str, *, reason: str, by: str, now: datetime) -> Erasure:
    """Raises CannotBeAsked, also when nothing of the target is stored; and ClockSkewed."""
    _check(reason, by, now)
    if not _target_id.fullmatch(target_id) or len(target_id) > 255:
        raise CannotBeAsked("A target id has 1 to 255 characters, and no control characters.")
    if not Activity.objects.about_targets([target_id]).exists():
        raise CannotBeAsked("No activity of this target is stored: is the id right, to the letter?")
    return Erasure.objects.create(target_id=target_id, reason=reason, asked_by=by, asked_at=now)


def ask_for_author(rows: Sequence[int], *, reason: str, by: str, now: datetime) -> Erasure:
    """Of the authors with these numbers. Raises CannotBeAsked unless all are there; and ClockSkewed."""
    _check(reason, by, now)
    if not rows:
        raise CannotBeAsked("Say which author: by the id that senders give, or by the number of its row.")
    found = sorted(Author.objects.filter(pk__in=rows).values_list("pk", flat=True))
    if missing := sorted(set(rows) - set(found)):
        raise CannotBeAsked(f"There is no author with the number {', '.join(map(str, missing))}.")
    return Erasure.objects.create(author_rows=found, reason=reason, asked_by=by, asked_at=now)


def _check(reason: str, by: str, now: datetime) -> None:
    refuse_skewed(now)
    if not 1 <= len(reason.strip()) <= _LONGEST_REASON:
        raise CannotBeAsked(f"Give a reason of 1 to {_LONGEST_REASON} characters.")
    if not 1 <= len(by.strip()) <= _LONGEST_NAME:
        raise CannotBeAsked(f"Say who asks, in 1 to {_LONGEST_NAME} characters.")


def rows_of_author(identifier: str) -> list[int]:
    """Numbers of the rows with that id, under whatever names. Raises CannotBeAsked when there is none."""
    rows = list(Author.objects.filter(identifier=identifier).order_by("pk").values_list("pk", flat=True))
    if not rows:
        raise CannotBeAsked("There is no author with this id.")
    return rows


def waiting() -> list[Erasure]:
    return list(Erasure.objects.filter(done_at=None).order_by("asked_at", "id"))


def carry_out(
    erasure: Erasure,
    *,
    now: datetime,
    stop: Stop = lambda: False,
    progress: Progress = lambda done: None,
) -> Erasure:
    """In batches, each a short transaction; what a legal hold keeps is refused, and the receipt says why.

    Waits for another process that is erasing, and leaves alone what that has done. Ended by `stop` it goes on the next
    time. Raises ClockSkewed.
    """
    began = monotonic()
    refuse_skewed(now)
    while not stop():
        with locks.tried(locks.ERASING) as still_ours:
            if still_ours:
                erasure.refresh_from_db()
                if erasure.done_at is None:
                    _carry_out(erasure, stop, progress, lambda: now + timedelta(seconds=monotonic() - began))
                break
        sleep(_LOOKS_AGAIN_SECONDS)
    erasure.refresh_from_db()
    return erasure


def _carry_out(erasure: Erasure, stop: Stop, progress: Progress, clock: Callable[[], datetime]) -> None:
    of_target = erasure.target_id is not None
    try:
        whole = (_erase_target if of_target else _erase_author)(erasure, stop, progress, clock)
    except _Held as held:
        _forget_samples(of_target)
        _end(erasure, clock(), refused=str(held))
    else:
        _forget_samples(of_target)
        if whole:
            _end(erasure, clock())


def _end(erasure: Erasure, now: datetime, **columns: Any) -> None:
    """Asked for by another machine, whose clock may be a little ahead."""
    receipt = Erasure.objects.filter(pk=erasure.pk)
    receipt.update(done_at=Greatest("asked_at", Value(now)), version=activities.__version__, **columns)


def _erase_target(erasure: Erasure, stop: Stop, progress: Progress, clock: Callable[[], datetime]) -> bool:
    """Whether nothing is left."""
    given = {"target_id": erasure.target_id, "marker": orjson.dumps(ERASED_DOCUMENT), "rows": _BATCH}
    done = 0
    while not stop():
        with locks.batch():
            _refuse_held(LegalHold.objects.filter(target_id=erasure.target_id, released_at=None).first())
            count = len(statements.run("erase_activities", {**given, "now": clock()}))
            forgotten = reads.forget_target(erasure.target_id or "", rows=_BATCH)
            Erasure.objects.filter(pk=erasure.pk).update(erased=F("erased") + count)
        if not count and not forgotten:
            return True
        done += count
        progress(done)
    return False


def _refuse_held(hold: LegalHold | None) -> None:
    if hold:
        raise _Held(
            f"The target, or what one domain sent of it, is under legal hold {hold.pk} since "
            f"{hold.placed_at:%-d %B %Y}: what is left of it can be erased once that is released; ask again then."
        )


def _erase_author(erasure: Erasure, stop: Stop, progress: Progress, clock: Callable[[], datetime]) -> bool:
    """Whether it is done. What was found is kept with the erasure: afterwards nobody knows the words any more."""
    if erasure.named_in is not None:
        return True
    authors = Author.objects.filter(pk__in=erasure.author_rows or [], erased_at=None)
    named_in = targets_naming(authors, stop=stop, progress=progress)
    if named_in is None:
        return False
    with locks.batch():
        ids = numbers(erasure.author_rows or [])
        held = [(target or b"").decode() for (target,) in statements.run("held_targets_of_authors", {"ids": ids})]
        if held:
            more = f" and {len(held) - _MOST_NAMED} more" if len(held) > _MOST_NAMED else ""
            raise _Held(
                f"Activities of this author are under legal holds, on {', '.join(held[:_MOST_NAMED])}{more}: "
                "the name can be erased once those are released; ask again then."
            )
        statements.run("erase_readers", {"ids": ids, "marker": ERASED_NAME})
        count = len(statements.run("erase_authors", {"ids": ids, "marker": ERASED_NAME, "now": clock()}))
        Erasure.objects.filter(pk=erasure.pk).update(erased=count, named_in=named_in)
    return True


def _forget_samples(of_target: bool) -> None:
    """The planner keeps samples of a column's values. A role that may not take new ones is passed over."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activity" if of_target else "ANALYZE author")
