"""Version 1 of the API. Every path answers with and without a trailing slash."""

from django.urls import re_path

from activities.api.consumers_path import ConsumersHistoryViewSet
from activities.api.views import ActivityViewSet, ExportViewSet

ID = "(?P<id>[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_consumers_path = ConsumersHistoryViewSet.as_view({"get": "list", "post": "create"})

urlpatterns = [
    re_path(r"^activities/?$", ActivityViewSet.as_view({"get": "list", "post": "create"}), name="activities"),
    re_path(r"^activities/feed/?$", ActivityViewSet.as_view({"get": "follow"}), name="feed"),
    re_path(r"^activities/export/?$", ExportViewSet.as_view({"get": "export"}), name="export"),
    re_path(rf"^activities/{ID}/?$", ActivityViewSet.as_view({"get": "retrieve"}), name="activity"),
    re_path(r"^activityhistory/?$", _consumers_path, name="consumers-path"),
    re_path(r"^activityHistory/?$", _consumers_path),
]
