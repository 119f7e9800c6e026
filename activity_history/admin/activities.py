"""Activities: found from what a complaint names, and read whole."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from activities.models import Activity
from activities.statements import StatementCancelled
from activity_history import looks, timeline
from activity_history.admin import activity_list, activity_record, asking, looking_up, read_only
from activity_history.admin.activity_form import ListForm
from activity_history.admin.activity_record import to_list
from activity_history.admin.looking_up import Named
from activity_history.admin.read_only import ReadOnlyAdmin
from activity_history.rows import Reader

_LIST = "admin:activities_activity_changelist"
_NOTHING = (
    "Nothing that this account may see is stored under this id. Ids are compared to the letter. A person's name or "
    "e-mail address is looked for among the authors, a request that stored nothing among those that failed or were "
    "slow."
)
_TOO_LONG = "Looking for this id took too long, and was ended: try again, or choose days and filters."
_NOT_HERE = "There is no such activity, or no longer, or this account may not see it."


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """What has expired is gone from here too, but for those who may see what legal holds keep.

    The pages are our own: Django's list would count the table for its numbered pages.
    """

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = timeline.visible(Reader.of(request.user), now=read_only.now())
        return rows.defer("old_data", "new_data").newest_first()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ids are looked for by POST: an author's id may be a name, which no address may hold."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._look_for(request, request.POST.get("look_for", ""))
        if not request.GET.keys() <= ListForm.base_fields.keys():
            self.message_user(request, read_only.NO_SUCH_PARAMETER, messages.WARNING)
            return HttpResponseRedirect(request.path)
        now = read_only.now()
        shown = activity_list.context(request, reader=Reader.of(request.user), now=now)
        looks.record({row.target_id for row in shown["rows"]}, request, now=now)
        return self._page(request, "change_list", {"title": "Activities", **shown}, shown["status"])

    def _look_for(self, request: HttpRequest, word: str) -> HttpResponse:
        try:
            named = looking_up.named_by(word, timeline.visible(Reader.of(request.user), now=read_only.now()))
        except StatementCancelled:
            named, told = [], _TOO_LONG
        else:
            told = _NOTHING
        if not named:
            self.message_user(request, told, messages.WARNING)
            return HttpResponseRedirect(reverse(_LIST))
        first, *others = map(_leads_to, named)
        if others:
            links = format_html_join(" and ", '<a href="{}">{}</a>', [(to, what) for what, to in others])
            self.message_user(request, format_html("This id is {} and also {}.", first[0], links))
        return HttpResponseRedirect(first[1])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request) or request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        reader, now = Reader.of(request.user), read_only.now()
        id, visible = looking_up.activity_id(object_id), timeline.visible(reader, now=now)
        found = activity_record.read(id, visible, reader=reader, now=now) if id else None
        if found is None:
            self.message_user(request, _NOT_HERE, messages.WARNING)
            return HttpResponseRedirect(reverse(_LIST))
        looks.record([found.target_id], request, now=now)
        tools = asking.links_about(found.target_id, request)
        return self._page(request, "change_form", {"title": found.row.sentence, "shown": found, "tools": tools})

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, f"admin/activities/activity/{name}.html", shared | context, status=status)


def _leads_to(named: Named) -> tuple[str, str]:
    if named.activity:
        return named.what, reverse("admin:activities_activity_change", args=[named.activity])
    return named.what, to_list(**named.query)
