"""Sets of activities, said in adjectives and prepositions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Q


class ActivityRows(models.QuerySet[Any]):
    def about_targets(self, target_ids: Iterable[str]) -> Self:
        return self.filter(target_id__in=list(target_ids))

    def from_domains(self, source_domains: Iterable[str]) -> Self:
        return self.filter(source_domain__in=list(source_domains))

    def readable(self, *, now: datetime) -> Self:
        """Not expired: a record is gone from its `expires_at` on, purged or not."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))

    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-id")

    def before(self, occurred_at: datetime, id: UUID) -> Self:
        """Behind that place in the order newest first.

        Written so that the first condition bounds the index scan and the second decides its ties: the usual
        `a < x OR (a = x AND b < y)` reads every row up to the place.
        """
        return self.filter(Q(occurred_at__lte=occurred_at), Q(occurred_at__lt=occurred_at) | Q(id__lt=id))
