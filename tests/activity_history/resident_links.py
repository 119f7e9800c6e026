"""Viewer links, and activities for residents to see by them."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from activities.access import Caller
from activities.models import ApiClient
from activity_history import links
from activity_history.models import ViewerLink
from config.wsgi import application
from tests.stored import new_activity, store

# In London's summer.
NOON = datetime(2026, 6, 4, 11, 0, tzinfo=UTC)
TENURE = "tenure-1"


def made_link(*target_ids: str, minutes: int = 60, now: datetime | None = None, domains: Any = None) -> ViewerLink:
    """To these targets, or to TENURE."""
    client = ApiClient.objects.get_or_create(name="portal")[0]
    caller = Caller(client.id, client.name, frozenset(), None, domains)
    return links.make(target_ids or (TENURE,), caller=caller, minutes=minutes, now=now or datetime.now(UTC))


def path_of(link: ViewerLink, query: str = "") -> str:
    return f"/my-history/{links.token_of(link)}{query}"


def visit(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """As a browser does, without cookies."""
    transport = httpx.WSGITransport(app=application, raise_app_exceptions=True)
    with httpx.Client(transport=transport, base_url="http://localhost") as browser:
        return browser.request(method, path, headers=headers)


def seen(link: ViewerLink, query: str = "") -> httpx.Response:
    return visit(path_of(link, query))


def sentences(text: str) -> list[str]:
    return re.findall(r'<h3 class="moj-timeline__title">(.*?)</h3>', text)


def told(kind: str, new: Any = None, old: Any = None, **columns: Any) -> UUID:
    """The id of a stored activity of this "targetType/type"; a document may be JSON text."""
    target_type, type = kind.split("/")
    documents = {"old_data": _text(old), "new_data": _text(new)}
    columns = {"target_id": TENURE, "source_domain": "Finance", "occurred_at": NOON, **documents, **columns}
    activity = new_activity(target_type=target_type, type=type, **columns)
    store([activity])
    return activity.id


def transaction(kind: str, *, days_ago: int = 0, target_id: str = TENURE, **data: Any) -> UUID:
    """One of this transactionType."""
    moment = NOON - timedelta(days=days_ago)
    return told("transaction/create", {"transactionType": kind, **data}, target_id=target_id, occurred_at=moment)


def _text(document: Any) -> bytes | None:
    if document is None:
        return None
    return document.encode() if isinstance(document, str) else json.dumps(document).encode()
