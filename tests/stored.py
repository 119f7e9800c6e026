"""Activities put into the store without the API: many, or with what no POST can have."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from activities.models import Activity, ApiClient
from activities.new_activities import AuthorSnapshot, NewActivity
from activities.recording import record
from tests.acting import acting_as

AUTHOR = AuthorSnapshot("a-1", "Dawit Haile", "dawit@council.example")


def new_activity(**members: Any) -> NewActivity:
    """By column; expires ten years from now unless told."""
    now = datetime.now(UTC)
    columns: dict[str, Any] = {
        "id": uuid4(),
        "type": "update",
        "target_type": "person",
        "target_id": str(uuid4()),
        "source_domain": "Person",
        "occurred_at": now - timedelta(days=1),
        "time_to_live": None,
        "expires_at": now + timedelta(days=3650),
        "old_data": b'{"surname": "Okafor"}',
        "new_data": b'{"surname": "Okafor-Bell"}',
        "author": AUTHOR,
        "correlation_id": None,
    }
    return NewActivity(**columns | members)


def store(activities: Iterable[NewActivity]) -> None:
    with acting_as("application"):
        client = ApiClient.objects.get_or_create(name="tests")[0]
        record(list(activities), client_id=client.id, now=datetime.now(UTC))


def stored(**members: Any) -> UUID:
    """The id of one that was stored."""
    activity = new_activity(**members)
    store([activity])
    return activity.id


def let_expire(*ids: UUID | str) -> None:
    """Each ended a microsecond ago or before."""
    moment = datetime.now(UTC)
    with acting_as("owner"):
        assert Activity.objects.filter(id__in=ids).update(expires_at=moment) == len(ids)
