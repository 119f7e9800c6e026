"""API clients: made, limited, given tokens, revoked. Their tokens are shown once and kept nowhere."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern

from activities.api import own_tokens
from activities.models import ApiClient
from activity_history.admin import read_only
from activity_history.admin.confirming import confirmation
from activity_history.admin.read_only import ReadOnlyAdmin, Tool, to_the_second
from activity_history.admin.tokens import TokenForm

_LARGEST = 2**31 - 1
_LIMIT = "Empty: no limit of its own."
_REVOKING = (
    "Revoke this client?",
    "Within a minute none of its tokens lets anybody in. What it sent stays. It can be restored.",
    "Revoke this client",
)
_RESTORING = (
    "Restore this client?",
    "Its tokens that have not ended let their bearers in again. If one of them is in wrong hands, leave this client "
    "revoked and make another.",
    "Restore this client",
)


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    requests_per_minute = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST, help_text=_LIMIT)
    activities_per_minute = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST, help_text=_LIMIT)

    class Meta:
        model = ApiClient
        fields = ("name", "requests_per_minute", "activities_per_minute", "reads_are_recorded")


@admin.register(ApiClient)
class ApiClientAdmin(ReadOnlyAdmin):
    """Revoked, never deleted: its activities name it. Its tokens and derived ids hang on its name, which stays."""

    list_display = ("name", "state", "requests", "activities", "made")
    form = ClientForm
    ordering = ("name", "id")
    search_fields = ("name",)
    search_help_text = "A part of its name."

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("activities.add_apiclient")

    def has_change_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        return request.user.has_perm("activities.change_apiclient")

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return (*ClientForm.Meta.fields, "state", "made") if obj else ClientForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return ("name", "state", "made") if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.filter(name__icontains=search_term.replace("\0", "")), False

    def get_urls(self) -> list[URLPattern]:
        ours = [("revoke", self.revoke), ("restore", self.restore), ("token", self.token)]
        return [
            *(
                path(f"<int:client_id>/{name}/", self.admin_site.admin_view(view), name=f"activities_apiclient_{name}")
                for name, view in ours
            ),
            *super().get_urls(),
        ]

    def tools(self, request: HttpRequest, obj: ApiClient) -> list[Tool]:
        if not self.has_change_permission(request):
            return []
        if obj.revoked_at:
            return [Tool("Restore this client", _to("restore", obj))]
        return [Tool("Issue a token", _to("token", obj)), Tool("Revoke this client", _to("revoke", obj))]

    def revoke(self, request: HttpRequest, client_id: int) -> HttpResponse:
        client = self._managed(request, client_id)
        if request.method != "POST":
            return self._asked(request, client, *_REVOKING)
        done = client.revoke(now=read_only.now())
        return self._told(request, client, done, "Revoked, with effect within a minute.", "It was revoked before.")

    def restore(self, request: HttpRequest, client_id: int) -> HttpResponse:
        client = self._managed(request, client_id)
        if request.method != "POST":
            return self._asked(request, client, *_RESTORING)
        return self._told(request, client, client.restore(), "Restored.", "It was not revoked.")

    def token(self, request: HttpRequest, client_id: int) -> HttpResponse:
        """Asks on GET; on POST shows a token in the answer itself, and nowhere else."""
        client = self._managed(request, client_id)
        if client.revoked_at:
            return self._told(request, client, False, "", "It is revoked: restore it first.")
        form = TokenForm(request.POST if request.method == "POST" else None)
        shown: dict[str, Any] = {"title": f"Issue a token to {client}", "client": client, "form": form}
        if form.is_valid():
            now, token_id = read_only.now(), str(uuid4())
            ends = to_the_second(now + timedelta(days=form.grant.days))
            shown["token"] = own_tokens.issue(client, form.grant, now=now, token_id=token_id)
            shown["ends"] = ends
            self.log_change(
                request, client, f"Issued token {token_id} for {', '.join(form.grant.scopes)} until {ends}."
            )
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, "admin/activities/apiclient/token.html", shared | shown)

    def _managed(self, request: HttpRequest, client_id: int) -> ApiClient:
        if not (self.has_view_or_change_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        return get_object_or_404(ApiClient, pk=client_id)

    def _asked(self, request: HttpRequest, client: ApiClient, title: str, note: str, label: str) -> HttpResponse:
        facts = [("Client", client.name), ("State", self.state(client)), ("Made", self.made(client))]
        back = _to("change", client)
        return confirmation(self, request, title=title, note=note, facts=facts, submit_label=label, back=back)

    def _told(self, request: HttpRequest, client: ApiClient, done: bool, said: str, otherwise: str) -> HttpResponse:
        if done:
            self.log_change(request, client, said)
        self.message_user(request, said if done else otherwise, messages.SUCCESS if done else messages.WARNING)
        return HttpResponseRedirect(_to("change", client))

    @admin.display(description="state")
    def state(self, client: ApiClient) -> str:
        return f"revoked {to_the_second(client.revoked_at)}" if client.revoked_at else "in use"

    @admin.display(description="requests a minute")
    def requests(self, client: ApiClient) -> str:
        return _limit(client.requests_per_minute)

    @admin.display(description="activities a minute")
    def activities(self, client: ApiClient) -> str:
        return _limit(client.activities_per_minute)

    @admin.display(description="made")
    def made(self, client: ApiClient) -> str:
        return to_the_second(client.created_at)


def _limit(number: int | None) -> str:
    return "not set" if number is None else f"{number:,}"


def _to(action: str, client: ApiClient) -> str:
    return reverse(f"admin:activities_apiclient_{action}", args=[client.pk])
