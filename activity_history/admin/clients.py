"""Clients: the only thing that is managed here."""

from django.contrib import admin
from django.http import HttpRequest

from activities.models import ApiClient


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A client is revoked, never deleted: its activities name it. Its tokens and derived ids hang on its name."""

    list_display = ("name", "revoked_at", "created_at")
    fields = ("name", "revoked_at")
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> tuple[str, ...]:
        return ("name",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        return False
