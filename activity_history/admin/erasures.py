"""Erasure requests: asked for here, carried out by the purge process."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from activities import erasure
from activities.clock import ClockSkewed, refuse_skewed
from activities.models import Activity, Erasure
from activity_history.admin import read_only
from activity_history.admin.activity_record import to_list
from activity_history.admin.asking import MAY_ASK_FOR_ERASURE, AskingAdmin, TargetForm
from activity_history.admin.read_only import to_the_second

ASKED = "Asked for: the purge process carries it out within a minute, and the erasure requests say what became of it."
_MOST_LINKS = 200


class State(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"
    _conditions = {
        "waiting": {"done_at__isnull": True},
        "done": {"done_at__isnull": False, "refused__isnull": True},
        "refused": {"refused__isnull": False},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in self._conditions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Erasure]) -> QuerySet[Erasure]:
        return queryset.filter(**self._conditions.get(self.value() or "", {}))


class ErasureForm(TargetForm):
    class Meta:
        model = Erasure
        fields = ("target_id", "reason")

    def clean_target_id(self) -> str:
        target_id = super().clean_target_id()
        if not Activity.objects.about_targets([target_id]).exists():
            raise forms.ValidationError("No activity of this target is stored: is the id right, to the letter?")
        return target_id

    def clean(self) -> dict[str, Any] | None:
        try:
            refuse_skewed(read_only.now())
        except ClockSkewed as error:
            raise forms.ValidationError(str(error)) from None
        return super().clean()


@admin.register(Erasure)
class ErasureAdmin(AskingAdmin):
    list_display = ("asked", "of_what", "state", "erased")
    list_filter = (State,)
    ordering = ("-asked_at", "-id")
    fields = ("of_what_in_full", "reason", "asked", "state", "erased", "still_named_in", "version")
    permission = MAY_ASK_FOR_ERASURE
    form_to_ask = ErasureForm
    submit_label = "Ask to erase a target's data"
    done = ASKED
    note = (
        "The data before and after of every activity of the target is taken away for good; that something happened, "
        "when and by whom, stays. While a legal hold covers any of it, all of it is refused."
    )

    def save_model(self, request: HttpRequest, obj: Erasure, form: Any, change: bool) -> None:
        by, target_id = request.user.get_username(), form.cleaned_data["target_id"]
        obj.pk = erasure.ask_for_target(target_id, reason=obj.reason, by=by, now=read_only.now()).pk

    @admin.display(description="asked")
    def asked(self, request: Erasure) -> str:
        return f"{to_the_second(request.asked_at)} by {request.asked_by}"

    @admin.display(description="of")
    def of_what(self, request: Erasure) -> str:
        if request.target_id:
            return f"target {request.target_id}"
        rows = request.author_rows or []
        return f"an author ({len(rows)} {'row' if len(rows) == 1 else 'rows'})"

    @admin.display(description="of")
    def of_what_in_full(self, request: Erasure) -> SafeString:
        if request.target_id:
            return format_html("target {}", _to_activities(request.target_id))
        rows = request.author_rows or []
        address = "admin:activities_author_change"
        links = ((reverse(address, args=[row]), row) for row in rows[:_MOST_LINKS])
        return format_html("authors: {}", format_html_join(", ", '<a href="{}">row {}</a>', links))

    @admin.display(description="state")
    def state(self, request: Erasure) -> str:
        if request.refused:
            return f"refused: {request.refused}"
        return f"done {to_the_second(request.done_at)}" if request.done_at else "waiting"

    @admin.display(description="documents that hold the words")
    def still_named_in(self, request: Erasure) -> str | SafeString:
        targets = request.named_in or []
        if not targets:
            return (
                "none were found"
                if request.author_rows and request.done_at and not request.refused
                else "not looked for"
            )
        links = format_html_join(", ", "{}", ((_to_activities(target),) for target in targets[:_MOST_LINKS]))
        more = f" and {len(targets) - _MOST_LINKS:,} more" if len(targets) > _MOST_LINKS else ""
        return format_html("of targets {}{}", links, more)


def _to_activities(target_id: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', to_list(target=target_id), target_id)
