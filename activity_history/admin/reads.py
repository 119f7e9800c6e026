"""Who read which target's history, for records officers and auditors."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.http import urlencode

from activities.models import ReadRecord
from activity_history.admin.read_only import SearchedByTarget, to_the_second

_CHANNELS = {"page": "staff page", "link": "viewer link", "api": "API"}


@admin.register(ReadRecord)
class ReadRecordAdmin(SearchedByTarget):
    list_display = ("when", "target", "by_way_of", "reader", "role", "client")
    list_display_links = None
    list_select_related = ("client",)
    # As time, which has no index without a target.
    ordering = ("-id",)

    def has_view_permission(self, request: HttpRequest, obj: ReadRecord | None = None) -> bool:
        """All of it stands in the list."""
        return obj is None and super().has_view_permission(request, obj)

    @admin.display(description="read")
    def when(self, read: ReadRecord) -> str:
        return to_the_second(read.read_at)

    @admin.display(description="target")
    def target(self, read: ReadRecord) -> str:
        return format_html('<a href="?{}">{}</a>', urlencode({"q": read.target_id}), read.target_id)

    @admin.display(description="by way of")
    def by_way_of(self, read: ReadRecord) -> str:
        return _CHANNELS[read.channel]
