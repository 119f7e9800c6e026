"""The service in this process. The database of the drill must be there and migrated before this is imported."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from activities import holds  # noqa: E402
from activities.access import READ, SEARCH, WRITE  # noqa: E402
from activities.api.authentication import issue_token  # noqa: E402
from activities.models import ApiClient  # noqa: E402
from tests.restore_drill.__main__ import WORDS  # noqa: E402

_PATH = "/api/v1/activities"


class Service:
    def __init__(self) -> None:
        row = ApiClient.objects.create(name="drill")
        claims = {"scope": f"{READ} {SEARCH} {WRITE}"}
        token = issue_token(row, claims, now=datetime.now(UTC), seconds=3600, token_id=str(uuid4()))
        self._client = Client(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
        ApiClient.objects.create(name="drill-revoked")

    def record(self, name: str, count: int, *persons: str) -> int:
        """So many activities about targets of that name, and one of each person; the last answer's status."""
        targets = [f"{name}-{number % 100}" for number in range(count)] + list(persons)
        bodies = [_activity(target) for target in targets]
        statuses = [self._post(bodies[start : start + 500]) for start in range(0, len(bodies), 500)]
        assert set(statuses) == {201}, statuses
        return statuses[-1]

    def _post(self, bodies: list[dict[str, Any]]) -> int:
        return self._client.post(_PATH, json.dumps(bodies), content_type="application/json").status_code

    def feed_token(self) -> str:
        return str(self._client.get(f"{_PATH}/feed").json()["nextToken"])

    def follow(self, token: str) -> int:
        return self._client.get(f"{_PATH}/feed", {"after": token} if token else {}).status_code

    def revoke(self, name: str) -> None:
        ApiClient.objects.filter(name=name).update(revoked_at=datetime.now(UTC))

    def hold(self, target_id: str) -> None:
        holds.place(target_id=target_id, source_domain=None, reason="Audit", by="drill", now=datetime.now(UTC))

    def is_revoked(self, name: str) -> bool:
        return ApiClient.objects.filter(name=name).exclude(revoked_at=None).exists()

    def disconnect(self) -> None:
        connections.close_all()


def _activity(target: str) -> dict[str, Any]:
    return {
        "type": "update",
        "targetType": "person",
        "targetId": target,
        "sourceDomain": "Person",
        "datetime": datetime.now(UTC).isoformat(),
        "oldData": {"surname": "Before"},
        "newData": {"surname": WORDS},
        "author": {"fullName": f"Officer {len(target)}"},
    }
