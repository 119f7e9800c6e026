"""What an id that somebody has names: an activity, a target, a request, or an author."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from activities import statements
from activities.contract import UUID_PATTERN
from activities.models import ActivityRows, Author

_uuid = re.compile(UUID_PATTERN[1:-1], re.ASCII)


class Named(NamedTuple):
    """`query` is that of a list; `activity` is set instead where the id is one activity's own."""

    what: str
    query: dict[str, str]
    activity: UUID | None = None


def named_by(word: str, visible: ActivityRows) -> list[Named]:
    """All that the word names exactly, the most particular first; of activities only what is `visible`.

    Each is asked for by its own index: one question for all of them could be answered by a scan.
    Raises StatementCancelled.
    """
    words = list(dict.fromkeys(each for each in (word, word.strip()) if each and "\0" not in each))
    with statements.limited_to(statements.LONGEST_READ_MS):
        return [named for each in words for named in _named_by(each, visible)]


def _named_by(word: str, visible: ActivityRows) -> list[Named]:
    found = []
    if (id := activity_id(word)) and visible.filter(pk=id).exists():
        found.append(Named("an activity", {}, id))
    if visible.about_targets([word]).exists():
        found.append(Named("a target", {"target": word}))
    # In no order: by id the server could walk all ids to find one of many that bear it.
    for one in visible.filter(correlation_id=word).order_by().values_list("id", flat=True)[:1]:
        # By an activity that bears it: a caller may send a name as one.
        found.append(Named("a correlation id", {"together": str(one)}))
    if row := authors_of(visible).filter(identifier=word).order_by("-id").values_list("id", flat=True).first():
        # By the number of the row: the id itself may be a name, which no address may hold.
        found.append(Named("an author", {"author": str(row)}))
    return found


def authors_of(visible: ActivityRows) -> QuerySet[Author]:
    """Those who did something that is visible; of the others not even a name is to be known.

    Asked of each author by the index on activities' authors: as EXISTS the server could join the whole table.
    """
    of_one = visible.filter(author_id=OuterRef("pk")).order_by().values("target_type")[:1]
    return Author.objects.alias(seen_in=Subquery(of_one)).filter(seen_in__isnull=False)


def activity_id(word: str) -> UUID | None:
    return UUID(word) if _uuid.fullmatch(word) else None
