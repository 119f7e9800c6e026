"""Authors: found by a whole name, and marked for erasure."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from activities import erasure
from activities.clock import ClockSkewed
from activities.models import Author
from activity_history import timeline
from activity_history.admin import read_only
from activity_history.admin.activity_record import to_list
from activity_history.admin.asking import MAY_ASK_FOR_ERASURE, ReasonForm
from activity_history.admin.confirming import confirmation
from activity_history.admin.erasures import ASKED
from activity_history.admin.looking_up import authors_of
from activity_history.admin.read_only import ReadOnlyAdmin, Tool, to_the_second
from activity_history.rows import Reader


@admin.register(Author)
class AuthorAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "identifier", "email", "row", "state")
    ordering = ("-id",)
    fields = ("full_name", "identifier", "email", "row", "state", "unused")
    readonly_fields = ("row", "state", "unused")
    actions = ["ask_for_erasure"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        """Looked for by POST: an address, which proxies and browsers keep, must not hold a name.

        Who erases names finds all that are stored; others those of activities that they may see.
        """
        visible = timeline.visible(Reader.of(request.user), now=read_only.now())
        may_erase = self.has_ask_for_erasure_permission(request)
        rows = (Author.objects.all() if may_erase else authors_of(visible)).order_by(*self.ordering)
        words = request.POST.get("look_for", "").strip().replace("\0", "")
        return rows.filter(Q(full_name=words) | Q(identifier=words) | Q(email=words)) if words else rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(row.isdecimal() and len(row) < 19 for row in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            self.message_user(request, "Select authors by their boxes in the list.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:activities_author_changelist"))
        looked_for = {"looked_for": request.POST.get("look_for", "")}
        return super().changelist_view(request, looked_for | (extra_context or {}))

    def tools(self, request: HttpRequest, obj: Author) -> list[Tool]:
        if not request.user.has_perm("activities.view_activity"):
            return []
        return [Tool("What this author did lately", to_list(author=str(obj.pk)))]

    def has_ask_for_erasure_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_ASK_FOR_ERASURE)

    @admin.action(description="Ask for erasure of the selected authors", permissions=["ask_for_erasure"])
    def ask_for_erasure(self, request: HttpRequest, queryset: QuerySet[Author]) -> HttpResponse | None:
        """Asks for a reason first. The request keeps the numbers of rows, and no address or message holds a name."""
        authors = list(queryset.filter(erased_at=None)[: self.list_per_page + 1])
        if not 0 < len(authors) <= self.list_per_page:
            words = f"Select at most {self.list_per_page} authors." if authors else "These authors are erased already."
            self.message_user(request, words, messages.ERROR)
            return None
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._asked_why(request, authors, form)
        rows, by = [author.pk for author in authors], request.user.get_username()
        try:
            erasure.ask_for_author(rows, reason=form.cleaned_data["reason"], by=by, now=read_only.now())
        except (erasure.CannotBeAsked, ClockSkewed) as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, ASKED, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:activities_author_changelist"))

    def _asked_why(self, request: HttpRequest, authors: list[Author], form: ReasonForm) -> HttpResponse:
        page = reverse("admin:activities_author_changelist")
        return confirmation(
            self,
            request,
            title="Ask for erasure of these authors?",
            note="Their names, ids and e-mail addresses are taken away for good; that they did something stays. Other "
            "rows may show the same person under another name or address: select those too.",
            facts=[(f"Row {author.pk}", _described(author)) for author in authors],
            submit_label="Ask for erasure",
            back=page,
            to=page,
            hidden=[
                ("action", "ask_for_erasure"),
                ("confirmed", "yes"),
                *((ACTION_CHECKBOX_NAME, str(author.pk)) for author in authors),
            ],
            form=form,
        )

    @admin.display(description="row", ordering="id")
    def row(self, author: Author) -> str:
        return str(author.pk)

    @admin.display(description="state")
    def state(self, author: Author) -> str:
        return f"erased {to_the_second(author.erased_at)}" if author.erased_at else "stored"

    @admin.display(description="unused since")
    def unused(self, author: Author) -> str:
        return to_the_second(author.unused_since) if author.unused_since else "in use"


def _described(author: Author) -> str:
    return ", ".join(word for word in (author.full_name, author.identifier, author.email) if word)
