"""From a complaint to its request: what a correlation id is known for."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from activities.models import Activity
from activity_history import looks
from activity_history.admin import read_only
from activity_history.admin.read_only import ReadOnlyAdmin, exactly
from activity_history.models import RequestRecord
from activity_history.statements_page import MAY_EXPLAIN, names

_ACTIVITIES_SHOWN = 100
_SHOWN = ("answered", "asked", "with_parameters", "status", "problem", "took", "client", "correlation_id")


class Written(NamedTuple):
    """The activities that bear a correlation id, the newest first."""

    activities: list[Activity]
    more: bool


@admin.register(RequestRecord)
class RequestRecordAdmin(ReadOnlyAdmin):
    """A correlation id is looked for by POST: docs/decisions/0029-correlation-ids-stay-out-of-addresses.md."""

    list_display = ("answered", "asked", "status", "problem", "took", "client", "statements_in_short", "correlation_id")
    list_select_related = ("client",)
    ordering = ("-at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestRecord]:
        looked_for = _looked_for(request)
        rows = RequestRecord.objects.correlated(looked_for) if looked_for else RequestRecord.objects.all()
        return rows.newest_first()

    def get_readonly_fields(self, request: HttpRequest, obj: RequestRecord | None = None) -> tuple[str, ...]:
        return (*_SHOWN, "ran_linked" if request.user.has_perm(MAY_EXPLAIN) else "ran")

    # All that is shown.
    get_fields = get_readonly_fields

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        looked_for = _looked_for(request)
        may_see = self.has_view_permission(request) and request.user.has_perm("activities.view_activity")
        written = _written(looked_for, request) if looked_for and may_see else None
        if written:
            looks.record({each.target_id for each in written.activities}, request, now=read_only.now())
        context = {"title": "Requests that failed or were slow", "looked_for": looked_for, "written": written}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description="answered")
    def answered(self, record: RequestRecord) -> str:
        return exactly(record.at)

    @admin.display(description="request")
    def asked(self, record: RequestRecord) -> str:
        return str(record)

    @admin.display(description="parameters")
    def with_parameters(self, record: RequestRecord) -> str:
        return ", ".join(record.parameters) or "none"

    @admin.display(description="took")
    def took(self, record: RequestRecord) -> str:
        return f"{record.ms:,.1f} ms"

    @admin.display(description="statements")
    def statements_in_short(self, record: RequestRecord) -> str:
        ms = sum(run["ms"] for run in record.statements)
        return f"{len(record.statements)} in {ms:,.1f} ms" if record.statements else "none"

    @admin.display(description="statements")
    def ran(self, record: RequestRecord) -> str | SafeString:
        return _told(record, frozenset())

    @admin.display(description="statements")
    def ran_linked(self, record: RequestRecord) -> str | SafeString:
        return _told(record, names())


def _told(record: RequestRecord, linked: frozenset[str]) -> str | SafeString:
    """Each statement in a line; those that are `linked` lead to their page."""
    runs = (
        (
            _link(reverse("query", args=[run["name"]]), run["name"]) if run["name"] in linked else run["name"],
            f"{run['ms']:,.1f}",
            run["rows"],
            pluralize(run["rows"]),
        )
        for run in record.statements
    )
    return format_html_join("", "<div>{}: {} ms, {} row{}</div>", runs) or "none"


def _link(address: str, label: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, label)


def _looked_for(request: HttpRequest) -> str:
    return request.POST.get("look_for", "").strip().replace("\0", "")[:128]


def _written(correlation_id: str, request: HttpRequest) -> Written:
    """Of what this account may see, as the list of activities shows it."""
    rows = admin.site.get_model_admin(Activity).get_queryset(request)
    found = list(
        rows.filter(correlation_id=correlation_id)
        .select_related("author", "client")
        .order_by("-occurred_at", "-id")[: _ACTIVITIES_SHOWN + 1]
    )
    return Written(found[:_ACTIVITIES_SHOWN], len(found) > _ACTIVITIES_SHOWN)
