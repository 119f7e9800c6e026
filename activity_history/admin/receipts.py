"""Receipts of purges, under what the next one would do."""

from typing import Any

from django.contrib import admin
from django.db.models import BooleanField, QuerySet, Value
from django.http import HttpRequest, HttpResponse

from activities import purging
from activities.models import PurgeReceipt
from activity_history.admin import read_only
from activity_history.admin.read_only import ReadOnlyAdmin, to_the_second
from activity_history.retention_panel import panel


@admin.register(PurgeReceipt)
class PurgeReceiptAdmin(ReadOnlyAdmin):
    list_display = ("started", "ended", "activities", "authors", "held", "days", "version", "error")
    ordering = ("-started_at", "-id")
    fields = ("started", "ended", "activities", "authors", "held", "expiries", "version", "error")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PurgeReceipt]:
        rows: QuerySet[PurgeReceipt] = super().get_queryset(request)
        return rows.annotate(one_runs=Value(purging.is_running(), BooleanField()))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return super().changelist_view(request, {"panel": panel(now=read_only.now()), **(extra_context or {})})

    @admin.display(description="started")
    def started(self, receipt: PurgeReceipt) -> str:
        return to_the_second(receipt.started_at)

    @admin.display(description="ended")
    def ended(self, receipt: Any) -> str:
        if receipt.ended_at:
            return to_the_second(receipt.ended_at)
        # Each run marks those before it that did not end, so that at most the last has no mark.
        return "running" if receipt.one_runs and not receipt.error else "ended without saying"

    @admin.display(description="deleted")
    def activities(self, receipt: PurgeReceipt) -> str:
        return f"{receipt.deleted:,}"

    @admin.display(description="authors")
    def authors(self, receipt: PurgeReceipt) -> str:
        return f"{receipt.authors_deleted:,}"

    @admin.display(description="kept by holds")
    def held(self, receipt: PurgeReceipt) -> str:
        return "not counted" if receipt.held_back is None else f"{receipt.held_back:,}"

    @admin.display(description="expired")
    def days(self, receipt: PurgeReceipt) -> str:
        if not (receipt.oldest_expiry and receipt.newest_expiry):
            return "-"
        first, last = (f"{moment:%Y-%m-%d}" for moment in (receipt.oldest_expiry, receipt.newest_expiry))
        return first if first == last else f"{first} to {last}"

    @admin.display(description="expiries of what was deleted")
    def expiries(self, receipt: PurgeReceipt) -> str:
        if not (receipt.oldest_expiry and receipt.newest_expiry):
            return "-"
        return f"{to_the_second(receipt.oldest_expiry)} to {to_the_second(receipt.newest_expiry)}"
