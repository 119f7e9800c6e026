"""Activities in the shape of a POST."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import factory

# What no POST can do without.
LEAST: dict[str, Any] = {
    "type": "update",
    "targetType": "person",
    "targetId": "t-1",
    "datetime": "2026-02-19 15:12:00",
    "author": {"fullName": "Dawit Haile"},
}


def recent(*, days: int = 1, seconds: int = 0) -> str:
    """A moment so long ago, to the second, as the wire writes it."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days, seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class ActivityBody(factory.DictFactory):
    """A believable one, without `id`."""

    type = "update"
    targetType = "person"
    targetId = factory.LazyFunction(lambda: str(uuid4()))
    sourceDomain = "Person"
    datetime = factory.LazyFunction(recent)
    oldData = factory.LazyFunction(lambda: {"surname": "Okafor"})
    newData = factory.LazyFunction(lambda: {"surname": "Okafor-Bell"})
    author = factory.LazyFunction(lambda: {"id": "a-1", "fullName": "Dawit Haile", "email": "dawit@council.example"})


def activity(**members: Any) -> dict[str, Any]:
    return cast(dict[str, Any], cast(Any, ActivityBody)(**members))
