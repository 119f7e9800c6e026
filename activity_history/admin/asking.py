"""Forms that ask for something about a target: a hold, or its erasure."""

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from activities.contract import TARGET_ID_PATTERN
from activities.models import Activity
from activity_history.admin.read_only import SearchedByTarget, Tool

MAY_PLACE_HOLDS = "activities.place_legal_hold"
MAY_ASK_FOR_ERASURE = "activities.ask_for_erasure"
MAY_SEE_READS = "activities.view_readrecord"
_TARGET_ID = re.compile(TARGET_ID_PATTERN[1:-1])


def links_about(target_id: str, request: HttpRequest) -> list[Tool]:
    """Who read of this target, and what the user may ask for about it."""
    offered = (
        ("Place a hold on this target", "legalhold", MAY_PLACE_HOLDS),
        ("Ask to erase this target's data", "erasure", MAY_ASK_FOR_ERASURE),
    )
    query = urlencode({"target_id": target_id})
    reads = f"{reverse('admin:activities_readrecord_changelist')}?{urlencode({'q': target_id})}"
    readers = [Tool("Who read this target's history", reads)] if request.user.has_perm(MAY_SEE_READS) else []
    return readers + [
        Tool(label, f"{reverse(f'admin:activities_{model}_add')}?{query}")
        for label, model, permission in offered
        if request.user.has_perm(permission)
    ]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text="For the record, such as the number of a case. No names: they would stand here when all others are "
        "erased.",
    )


class TargetForm(ReasonForm, forms.ModelForm):  # type: ignore[type-arg]
    target_id = forms.CharField(
        label="Target id",
        min_length=1,
        max_length=255,
        # Ids are compared byte for byte.
        strip=False,
        widget=AdminTextInputWidget,
        help_text="The whole id of one record, as its activities show it.",
    )

    def clean_target_id(self) -> str:
        target_id: str = self.cleaned_data["target_id"]
        if not _TARGET_ID.fullmatch(target_id):
            raise forms.ValidationError("A target id has no control characters, such as tabs and line breaks.")
        if target_id != target_id.strip() and not Activity.objects.about_targets([target_id]).exists():
            raise forms.ValidationError(
                "It begins or ends with a space, and no stored activity has such a target id: take the space away."
            )
        return target_id


class AskingAdmin(SearchedByTarget):
    """A list to read; who has one special permission may add to it through a form, which says `note`."""

    permission: str
    form_to_ask: type[TargetForm]
    note: str
    submit_label: str
    done: str

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs, **({} if obj else {"form": self.form_to_ask}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": self.form_to_ask.Meta.fields, "description": self.note})]  # type: ignore[attr-defined]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if add:
            context |= {"title": self.submit_label, "submit_label": self.submit_label}
        return super().render_change_form(request, context, add, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, self.done, messages.SUCCESS)
        return self.response_post_save_add(request, obj)
