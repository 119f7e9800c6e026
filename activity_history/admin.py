"""The admin: clients are managed here; authors and activities are shown and never changed."""

from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from activities.models import Activity, ApiClient, Author

admin.site.site_header = admin.site.site_title = "Activity History"

FURTHEST_ROW = 1_000


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Looks at the first thousand rows only: counting a table of millions takes seconds."""

    @cached_property
    def count(self) -> int:
        return len(cast(QuerySet[Any], self.object_list).values_list("pk")[:FURTHEST_ROW])


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    paginator = UncountedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "type", "target_type", "target_id", "author", "source_domain")
    list_select_related = ("author",)
    ordering = ("-occurred_at", "-id")
    sortable_by = ()
    search_fields = ("=target_id",)
    search_help_text = "A target's whole id."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Django's own "=" compares without regard to case, which no index serves.
        return (queryset.filter(target_id=search_term.strip()) if search_term.strip() else queryset), False


@admin.register(Author)
class AuthorAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "identifier", "email")
    ordering = ("-id",)


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A client is revoked, never deleted: its activities name it."""

    list_display = ("name", "revoked_at", "requests_per_minute", "activities_per_minute", "created_at")
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        return False
