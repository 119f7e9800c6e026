"""POST viewer-links: a service that may share asks for a link that it can hand to a resident."""

from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request

from activities.access import SHARE
from activities.api import openapi
from activities.api.bodies import read_json_bytes
from activities.api.calls import Answer, Call, json_answer
from activities.api.sharing import read_viewer_link
from activities.api.views import ApiViewSet, answered
from activities.members import written
from activity_history import links


class ViewerLinkViewSet(ApiViewSet):
    scopes: ClassVar[dict[str, str]] = {"create": SHARE}

    @openapi.create_viewer_link
    def create(self, request: Request) -> HttpResponse:
        return answered(request, _create)


def _create(call: Call) -> Answer:
    """The link stands in the body alone: headers such as Location are written to the logs of proxies."""
    asked = read_viewer_link(read_json_bytes(call), call.caller)
    link = links.make(asked.targetIds, caller=call.caller, minutes=asked.minutes, now=datetime.now(UTC))
    address = settings.PUBLIC_URL + reverse("my-history", args=[links.token_of(link)])
    return json_answer({"url": address, "expiresAt": written(link.expires_at)}, 201)
