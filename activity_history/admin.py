"""The admin: clients are managed here; authors and activities are shown and never changed."""

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.functional import cached_property

from activities.models import Activity, ApiClient, Author

# Django's admin looks for registrations here.
from activity_history import viewer_link_admin as viewer_link_admin

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
    """Documents are shown as the database writes them: Python's numbers would lose digits."""

    list_display = ("occurred", "type", "target_type", "target_id", "author", "source_domain")
    list_select_related = ("author",)
    ordering = ("-occurred_at", "-id")
    sortable_by = ()
    search_fields = ("=target_id",)
    search_help_text = f"A target's whole id. The list shows the newest {FURTHEST_ROW:,} at most."
    exclude = ("old_data", "new_data", "occurred_at", "recorded_at", "expires_at")
    readonly_fields = ("occurred", "recorded", "expires", "before", "after")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        as_text = {"old_text": Cast("old_data", TextField()), "new_text": Cast("new_data", TextField())}
        return Activity.objects.defer("old_data", "new_data").annotate(**as_text).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Django's own "=" compares without regard to case, which no index serves.
        return (queryset.filter(target_id=search_term.strip()) if search_term.strip() else queryset), False

    @admin.display(description="occurred")
    def occurred(self, activity: Activity) -> str:
        return _exactly(activity.occurred_at)

    @admin.display(description="recorded")
    def recorded(self, activity: Activity) -> str:
        return _exactly(activity.recorded_at)

    @admin.display(description="expires")
    def expires(self, activity: Activity) -> str:
        return _exactly(activity.expires_at) if activity.expires_at else "never"

    @admin.display(description="data before")
    def before(self, activity: Any) -> str:
        return activity.old_text or "none"

    @admin.display(description="data after")
    def after(self, activity: Any) -> str:
        return activity.new_text or "none"


def _exactly(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


@admin.register(Author)
class AuthorAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "identifier", "email")
    ordering = ("-id",)
    search_fields = ("=full_name", "=identifier", "=email")
    search_help_text = "A whole name, id or e-mail address, as it was written."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        found = Q(full_name=term) | Q(identifier=term) | Q(email=term)
        return (queryset.filter(found) if term else queryset), False


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
