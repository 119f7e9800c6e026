"""What the lists share: they change nothing, count no big table, and say times in UTC."""

from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, cast

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst

from activities import statements

FURTHEST_ROW = 1_000
# Of an address: a search, a page, all on one page, and Django's mark that it has refused something.
_OF_EVERY_LIST = frozenset({"q", "p", "all", "e"})
NO_SUCH_PARAMETER = "This list takes nothing else from its address than its own search and filters: use those."
_TOO_LONG = "This took too long, and was ended: choose a filter, or search for something else."


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Looks at the first thousand rows only: counting a table of millions takes seconds."""

    @cached_property
    def count(self) -> int:
        return len(cast(QuerySet[Any], self.object_list).values_list("pk")[:FURTHEST_ROW])

    @property
    def in_words(self) -> str:
        if self.count < FURTHEST_ROW:
            return f"{self.count}"
        order = cast(QuerySet[Any], self.object_list).query.order_by
        return f"the {'newest' if str(order[0]).startswith('-') else 'first'} {FURTHEST_ROW:,}"


class Tool(NamedTuple):
    """A link above a page."""

    label: str
    address: str


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    paginator = UncountedPaginator
    show_full_result_count = False
    # Django's would count for each choice of a filter.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions: Any = None
    sortable_by = ()
    list_filter: ClassVar[tuple[type[admin.SimpleListFilter], ...]] = ()

    class Media:
        css = {"all": ["activity_history/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(name in _OF_EVERY_LIST or self.lookup_allowed(name, "", request) for name in request.GET):
            self.message_user(request, NO_SUCH_PARAMETER, messages.WARNING)
            return HttpResponseRedirect(request.path)
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        try:
            with statements.limited_to(statements.LONGEST_READ_MS):
                return super().changelist_view(request, title | (extra_context or {}))
        except statements.StatementCancelled:
            self.message_user(request, _TOO_LONG, messages.WARNING)
            # Not to the list, which may be what takes too long.
            return HttpResponseRedirect(reverse("admin:index"))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Django's would let an address ask by any lookup of any column: by parts of names, by patterns without end."""
        return lookup in {each.parameter_name for each in self.list_filter}

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        return []

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj:
            context["tools"] = self.tools(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


class SearchedByTarget(ReadOnlyAdmin):
    search_fields = ("=target_id",)
    search_help_text = "A target's whole id."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # Django's own "=" compares without regard to case, which no index serves.
        return (queryset.filter(target_id=search_term.strip()) if search_term.strip() else queryset), False


def now() -> datetime:
    return datetime.now(UTC)


def exactly(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def to_the_second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
