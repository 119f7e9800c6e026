"""Erasure for a data-subject request: the words go, that something happened stays.

It is asked for first and carried out then, so that the request and its receipt are one row: who, when and why, and what
became of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import F

import activities
from activities import statements
from activities.clock import refuse_skewed
from activities.holds import none_is_placed_meanwhile
from activities.models import ERASED_DOCUMENT, ERASED_NAME, Author, Erasure, LegalHold
from activities.postgres_formats import numbers, texts

_BATCH = 2_000
_SEARCHED_AT_ONCE = 10_000
_MOST_NAMED = 3

Progress = Callable[[int], None]


class NothingToErase(ValueError):
    """There is no such author."""


class _Held(Exception):
    """The sentence that refuses it."""


def ask_for_target(target_id: str, *, reason: str, by: str, now: datetime) -> Erasure:
    return Erasure.objects.create(target_id=target_id, reason=reason, asked_by=by, asked_at=now)


def ask_for_author(rows: Sequence[int], *, reason: str, by: str, now: datetime) -> Erasure:
    """Of the authors with these numbers. Raises NothingToErase unless all are there."""
    found = sorted(Author.objects.filter(pk__in=rows).values_list("pk", flat=True))
    missing = sorted(set(rows) - set(found))
    if missing or not found:
        raise NothingToErase(f"There is no author with the number {', '.join(map(str, missing)) or '(none given)'}.")
    return Erasure.objects.create(author_rows=found, reason=reason, asked_by=by, asked_at=now)


def rows_of_author(identifier: str) -> list[int]:
    """Numbers of the rows with that id, under whatever names. Raises NothingToErase when there is none."""
    rows = list(Author.objects.filter(identifier=identifier).order_by("pk").values_list("pk", flat=True))
    if not rows:
        raise NothingToErase("There is no author with this id.")
    return rows


def waiting() -> list[Erasure]:
    return list(Erasure.objects.filter(done_at=None).order_by("asked_at", "id"))


def carry_out(
    erasure: Erasure,
    *,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done: None,
) -> Erasure:
    """In batches, each a short transaction; what a legal hold keeps is refused, and the receipt says why.

    Ended by `stop` it goes on the next time. Raises ClockSkewed.
    """
    refuse_skewed(now)
    receipt = Erasure.objects.filter(pk=erasure.pk, done_at=None)
    receipt.update(version=activities.__version__)
    try:
        whole = (
            _erase_target(erasure, now, stop, progress) if erasure.target_id else _erase(erasure, now, stop, progress)
        )
    except _Held as held:
        receipt.update(done_at=now, refused=str(held))
    else:
        if whole:
            receipt.update(done_at=now)
            _forget_samples("activity" if erasure.target_id else "author")
    erasure.refresh_from_db()
    return erasure


def _erase_target(erasure: Erasure, now: datetime, stop: Callable[[], bool], progress: Progress) -> bool:
    marker = orjson.dumps(ERASED_DOCUMENT)
    given = {"target_id": erasure.target_id, "marker": marker, "now": now, "rows": _BATCH}
    done = 0
    while not stop():
        with transaction.atomic():
            none_is_placed_meanwhile()
            _refuse_held(LegalHold.objects.filter(target_id=erasure.target_id, released_at=None).first())
            count = len(statements.run("erase_activities", given))
            Erasure.objects.filter(pk=erasure.pk).update(erased=F("erased") + count)
        done += count
        progress(done)
        if count < _BATCH:
            return True
    return False


def _refuse_held(hold: LegalHold | None) -> None:
    if hold:
        raise _Held(
            f"The target is under a legal hold since {hold.placed_at:%-d %B %Y} ({hold.reason[:800]}): "
            "what is left of it can be erased once that is released; ask again then."
        )


def _erase(erasure: Erasure, now: datetime, stop: Callable[[], bool], progress: Progress) -> bool:
    # Looked for first: afterwards nobody knows the words any more.
    named_in = _targets_naming(Author.objects.filter(pk__in=erasure.author_rows or [], erased_at=None), stop, progress)
    if named_in is None:
        return False
    with transaction.atomic():
        none_is_placed_meanwhile()
        ids = numbers(erasure.author_rows or [])
        held = [
            target_id.decode() for (target_id,) in statements.run("held_targets_of_authors", {"ids": ids}) if target_id
        ]
        if held:
            more = f" and {len(held) - _MOST_NAMED} more" if len(held) > _MOST_NAMED else ""
            raise _Held(
                f"Activities of this author are under legal holds, on {', '.join(held[:_MOST_NAMED])}{more}: "
                "the name can be erased once those are released; ask again then."
            )
        count = len(statements.run("erase_authors", {"ids": ids, "marker": ERASED_NAME, "now": now}))
        Erasure.objects.filter(pk=erasure.pk).update(erased=count, named_in=named_in)
    return True


def _targets_naming(authors: Any, stop: Callable[[], bool], progress: Progress) -> list[str] | None:
    """None when it was stopped."""
    parts, whole = set(), set()
    for author in authors:
        parts |= {_for_like(word) for word in (author.full_name, author.email) if word}
        # An id may be as short as a number, which every document would hold somewhere.
        whole |= {_for_like(author.identifier, quoted=True) for _ in [1] if author.identifier}
    found: set[str] = set()
    given: dict[str, Any] = {"parts": texts(parts), "whole": texts(whole), "rows": _SEARCHED_AT_ONCE}
    after, looked_at = UUID(int=0), 0
    while parts and not stop():
        [(last, count, targets)] = statements.run("targets_naming", {**given, "after": after})
        found |= set(orjson.loads(targets or b"[]"))
        if last is None:
            return sorted(found)
        after, looked_at = UUID(bytes=last), looked_at + int.from_bytes(count or b"", "big")
        progress(looked_at)
    return None if parts else []


def _for_like(word: str, *, quoted: bool = False) -> str:
    """A pattern that finds the word in the text of a document."""
    in_json = orjson.dumps(word).decode()
    text = in_json if quoted else in_json[1:-1]
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _forget_samples(table: str) -> None:
    """The planner keeps samples of a column's values. A role that may not take new ones is passed over."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
