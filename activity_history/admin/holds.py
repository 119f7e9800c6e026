"""Legal holds: placed and released here, never changed or deleted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy

from activities import holds
from activities.models import Activity, LegalHold
from activity_history.admin import read_only
from activity_history.admin.asking import MAY_PLACE_HOLDS, AskingAdmin, TargetForm
from activity_history.admin.confirming import confirmation
from activity_history.admin.read_only import Tool, to_the_second


class InForce(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in-force", "In force"), ("released", "Released")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> QuerySet[LegalHold]:
        return queryset.filter(released_at__isnull=self.value() == "in-force") if self.value() else queryset


class HoldForm(TargetForm):
    class Meta:
        model = LegalHold
        fields = ("target_id", "source_domain", "reason")


@admin.register(LegalHold)
class LegalHoldAdmin(AskingAdmin):
    list_display = ("target_id", "domain", "reason", "placed", "state")
    list_filter = (InForce,)
    ordering = ("-placed_at", "-id")
    fields = ("target_id", "domain", "reason", "placed", "state")
    permission = MAY_PLACE_HOLDS
    form_to_ask = HoldForm
    submit_label = "Place a legal hold"
    done = "The hold is placed: what is stored of the target is neither purged nor erased until it is released."
    note = (
        "A hold keeps what is stored of a target from being purged or erased, from the moment it is placed. Placing it "
        "waits for the batch of a purge that runs now, usually less than a second."
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.release)
        return [path("<int:hold_id>/release/", view, name="activities_legalhold_release"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        placed = holds.place(
            target_id=obj.target_id,
            source_domain=obj.source_domain,
            reason=obj.reason,
            by=request.user.get_username(),
            now=read_only.now(),
        )
        obj.pk = placed.pk
        kept = Activity.objects.about_targets([obj.target_id])
        if not (kept.from_domains([obj.source_domain]) if obj.source_domain else kept).exists():
            words = "No activity of this target is stored in this scope: is the id right, to the letter?"
            self.message_user(request, words, messages.WARNING)

    def tools(self, request: HttpRequest, obj: LegalHold) -> list[Tool]:
        if obj.released_at or not self.has_add_permission(request):
            return []
        return [Tool("Release this hold", reverse("admin:activities_legalhold_release", args=[obj.pk]))]

    def release(self, request: HttpRequest, hold_id: int) -> HttpResponse:
        """Asks on GET, releases on POST."""
        if not (self.has_view_permission(request) and self.has_add_permission(request)):
            raise PermissionDenied
        hold = get_object_or_404(LegalHold, pk=hold_id)
        page = reverse("admin:activities_legalhold_change", args=[hold.pk])
        if request.method != "POST" and not hold.released_at:
            return self._asked_whether(request, hold, page)
        if request.method == "POST" and holds.release(hold, by=request.user.get_username(), now=read_only.now()):
            self.log_change(request, hold, "Released.")
            self.message_user(request, "The hold is released.", messages.SUCCESS)
        else:
            self.message_user(request, "This hold had been released before.", messages.WARNING)
        return HttpResponseRedirect(page)

    def _asked_whether(self, request: HttpRequest, hold: LegalHold, page: str) -> HttpResponse:
        return confirmation(
            self,
            request,
            title="Release this hold?",
            note="What has expired meanwhile goes with the next purge, if no other hold keeps it. "
            "A hold that is released does not come back; another can be placed.",
            facts=[
                ("Target", hold.target_id),
                ("Source domain", self.domain(hold)),
                ("Reason", hold.reason),
                ("Placed", self.placed(hold)),
            ],
            submit_label="Release this hold",
            back=page,
        )

    @admin.display(description="source domain")
    def domain(self, hold: LegalHold) -> str:
        return hold.source_domain or "all"

    @admin.display(description="placed")
    def placed(self, hold: LegalHold) -> str:
        return f"{to_the_second(hold.placed_at)} by {hold.placed_by}"

    @admin.display(description="state")
    def state(self, hold: LegalHold) -> str:
        if not hold.released_at:
            return "in force"
        return f"released {to_the_second(hold.released_at)} by {hold.released_by}"
