"""Viewer links in the admin: shown, and revoked by whoever may."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest

from activity_history.admin.read_only import ReadOnlyAdmin, now
from activity_history.models import ViewerLink


@admin.register(ViewerLink)
class ViewerLinkAdmin(ReadOnlyAdmin):
    """The link itself is never shown: whoever had it would see what it shows."""

    list_display = ("created_at", "state", "client", "how_many_targets", "expires_at", "id")
    list_select_related = ("client",)
    ordering = ("-created_at", "-id")
    search_fields = ("id",)
    search_help_text = "A link's whole id, or the whole id of a target that it shows."
    actions = ("revoke",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().replace("\0", "")
        return (queryset.about(term) if term else queryset), False  # type: ignore[attr-defined]

    @admin.display(description="state")
    def state(self, link: ViewerLink) -> str:
        return link.state(now=now())

    @admin.display(description="targets")
    def how_many_targets(self, link: ViewerLink) -> int:
        return len(link.target_ids)

    @admin.action(description="Revoke the selected links", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ViewerLink]) -> None:
        links = list(queryset.filter(revoked_at__isnull=True))
        by = request.user.get_username()
        count = ViewerLink.objects.revoke([link.pk for link in links], by=by, now=now())
        LogEntry.objects.log_actions(cast(int, request.user.pk), links, CHANGE, "Revoked.")
        self.message_user(request, f"Revoked, with effect at once: {count}.", messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("activity_history.revoke_viewerlink")
