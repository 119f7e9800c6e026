"""A client of the API, through the application that serves; every exchange is held against the OpenAPI document."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from activities.access import READ, SEARCH, WRITE
from activities.api.authentication import issue_token
from activities.models import ApiClient
from config.wsgi import application
from tests.openapi_check import check

ALL_SCOPES = (WRITE, READ, SEARCH)


def token(*scopes: str, client: str = "tests", seconds: int = 3600, **claims: Any) -> str:
    """A token of our own; the client is made if missing."""
    row = ApiClient.objects.get_or_create(name=client)[0]
    claims = {"scope": " ".join(scopes), **claims}
    return issue_token(row, claims, now=datetime.now(UTC), seconds=seconds, token_id=str(uuid4()))


class CheckedClient(httpx.Client):
    """Answers that the document does not foresee fail the test."""

    def __init__(self, bearer: str | None = None) -> None:
        super().__init__(
            transport=httpx.WSGITransport(app=application, raise_app_exceptions=True),
            base_url="http://localhost",
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
        )

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        response = super().send(request, **options)
        check(request, response)
        return response

    def record(self, body: Any, **headers: str) -> httpx.Response:
        """POST to the activities; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post("/api/v1/activities", json=body, headers=named)

    def about(self, *target_ids: str, **parameters: Any) -> httpx.Response:
        """GET the activities of these targets."""
        return self.get("/api/v1/activities", params={"targetId": list(target_ids), **parameters})

    def walk(self, *target_ids: str, **parameters: Any) -> Iterable[dict[str, Any]]:
        """Every record, page after page, by the `next` address."""
        page = self.about(*target_ids, **parameters).json()
        yield from page["results"]
        while url := page["paginationDetails"]["next"]:
            page = self.get(url).json()
            yield from page["results"]
