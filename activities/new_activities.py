"""Activities on their way into the store."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


class AuthorSnapshot(NamedTuple):
    """Who did it, as they were called at that moment."""

    identifier: str | None
    full_name: str
    email: str | None


class NewActivity(NamedTuple):
    """An activity that is fit to be stored. Documents are the sender's own JSON text, for PostgreSQL to read."""

    id: UUID
    type: str
    target_type: str
    target_id: str
    source_domain: str | None
    occurred_at: datetime
    time_to_live: str | None
    expires_at: datetime | None
    old_data: bytes | None
    new_data: bytes | None
    author: AuthorSnapshot
    correlation_id: str | None


class NewActivities(Sequence[NewActivity]):
    """Many, in the order sent, each made when it is first asked for: so some are stored while others are still read.

    Ids and authors are known before. `make` takes the index.
    """

    def __init__(self, ids: list[UUID], authors: set[AuthorSnapshot], make: Callable[[int], NewActivity]) -> None:
        self.ids = ids
        self.authors = authors
        self._make = make
        self._made: dict[int, NewActivity] = {}

    @classmethod
    def of(cls, activities: Sequence[NewActivity]) -> "NewActivities":
        if isinstance(activities, cls):
            return activities
        ids, authors = [activity.id for activity in activities], {activity.author for activity in activities}
        return cls(ids, authors, activities.__getitem__)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if index not in self._made:
            self._made[index] = self._make(range(len(self))[index])
        return self._made[index]

    def in_order_of_id(self) -> Iterator[NewActivity]:
        return (self[index] for index in sorted(range(len(self)), key=lambda index: self.ids[index].int))
