"""Sets of activities, said in adjectives and prepositions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from activities.keeping import is_held

if TYPE_CHECKING:
    from activities.models import Activity  # noqa: F401 (named in a string below)


def of_kinds(kinds: Iterable[tuple[str, str]]) -> Q:
    """Activities of these pairs of target type and type."""
    types: dict[str, list[str]] = {}
    for target_type, type in kinds:
        types.setdefault(target_type, []).append(type)
    return reduce(or_, (Q(target_type=each, type__in=types[each]) for each in types), Q(pk__in=[]))


class ActivityRows(models.QuerySet["Activity"]):
    def about_targets(self, target_ids: Iterable[str]) -> Self:
        return self.filter(target_id__in=list(target_ids))

    def from_domains(self, source_domains: Iterable[str]) -> Self:
        return self.filter(source_domain__in=list(source_domains))

    def readable(self, *, now: datetime) -> Self:
        """Not expired: a record is gone from its `expires_at` on, purged or not."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))

    def expired(self, *, now: datetime) -> Self:
        return self.filter(expires_at__lte=now)

    def held(self, held: bool = True) -> Self:
        return self.filter(is_held() if held else ~is_held())

    def readable_or_held(self, *, now: datetime) -> Self:
        """With what has expired and a legal hold keeps: for the few who may see that."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now) | is_held())

    def of_kinds(self, kinds: Iterable[tuple[str, str]]) -> Self:
        return self.filter(of_kinds(kinds))

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-id")

    def before(self, occurred_at: datetime, id: UUID) -> Self:
        """Behind that place in the order newest first.

        Written so that the first condition bounds the index scan and the second decides its ties: the usual
        `a < x OR (a = x AND b < y)` reads every row up to the place. And so that the planner takes the second for what
        it is, nearly always true: it takes `a < x OR b < y` for as rare as the first, and both together for rarer
        still, and then sorts the whole table for a place deep in it.
        """
        return self.filter(Q(occurred_at__lte=occurred_at), ~Q(occurred_at=occurred_at, id__gte=id))

    def up_to(self, occurred_at: datetime, id: UUID) -> Self:
        """Not behind that place in the order newest first. Written as `before`, for the same reasons."""
        return self.filter(Q(occurred_at__gte=occurred_at), ~Q(occurred_at=occurred_at, id__lt=id))

    def ahead_of(self, occurred_at: datetime, id: UUID) -> Self:
        """Before that place in the order newest first. Written as `before`, for the same reasons."""
        return self.filter(Q(occurred_at__gte=occurred_at), ~Q(occurred_at=occurred_at, id__lte=id))
