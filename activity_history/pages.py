"""The staff page: the history of a record, for those who may view activities."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from activities.api import page_tokens
from activities.statements import StatementCancelled
from activity_history import looks, timeline
from activity_history.history_forms import FilterForm, SearchForm
from activity_history.rows import Reader

View = Callable[..., HttpResponse]

_TOO_LONG = ("id_dateFrom", "This took too long: choose fewer days, or fewer filters")
_STALE = ("id_dateFrom", "The place to go on from is not known: apply the filters again, which starts with the newest")


def for_staff(view: View) -> View:
    """Others sign in; those who are signed in and may not view activities get 403."""
    permitted = permission_required("activities.view_activity", raise_exception=True)(view)
    return require_safe(login_required(permitted))


@for_staff
def search(request: HttpRequest) -> HttpResponse:
    given = request.GET.get("target")
    if given is not None and not (given != given.strip() and _has_any(request, given)):
        given = given.strip()
    form = SearchForm(None if given is None else {"target": given})
    if form.is_valid():
        return redirect("history", form.cleaned_data["target"])
    return render(request, "history/search.html", {"form": form}, status=400 if form.is_bound else 200)


@for_staff
def history(request: HttpRequest, target_id: str) -> HttpResponse:
    """A slash behind it is a part of the id where there is such a record."""
    if target_id.endswith("/") and not _has_any(request, target_id):
        target_id = target_id[:-1]
    return _history(request, target_id)


def _has_any(request: HttpRequest, target_id: str) -> bool:
    known = not SearchForm({"target": target_id}).errors
    return known and timeline.has_any(target_id, reader=Reader.of(request.user), now=datetime.now(UTC))


def _history(request: HttpRequest, target_id: str) -> HttpResponse:
    if SearchForm({"target": target_id}).errors:
        raise Http404
    form = FilterForm(request.GET)
    shown: dict[str, Any] = {"target_id": target_id, "form": form, "faults": form.faults}
    status = 400 if form.faults else _read(request, target_id, form, shown)
    rows = shown["timeline"].rows if status == 200 else ()
    return render(request, "history/page.html", {**shown, "options": form.options(rows)}, status=status)


def _read(request: HttpRequest, target_id: str, form: FilterForm, shown: dict[str, Any]) -> int:
    """Adds what there is to show, and gives the status."""
    filters = form.filters()
    binding = timeline.binding(target_id, filters)
    token, now = form.cleaned_data["after"], datetime.now(UTC)
    try:
        after = page_tokens.decode(token, binding) if token else None
        read = timeline.read(target_id, filters, reader=Reader.of(request.user), after=after, now=now)
    except page_tokens.InvalidPageToken:
        shown["faults"] = [_STALE]
        return 400
    except StatementCancelled:
        shown["faults"] = [_TOO_LONG]
        return 503
    if read.has_any:
        looks.record([target_id], request, now=now)
    more = page_tokens.encode(read.next, binding) if read.next else None
    shown |= {"timeline": read, "filters": filters, "more": more}
    return 200


@for_staff
def record(request: HttpRequest, target_id: str, id: str) -> HttpResponse:
    """One activity; or a history, since a record's own id may end with a slash and a UUID, too."""
    reader, now, whole = Reader.of(request.user), datetime.now(UTC), f"{target_id}/{id}"
    if SearchForm({"target": target_id}).errors:
        raise Http404
    row = timeline.one(target_id, UUID(id), reader=reader, now=now)
    if row is None and _has_any(request, whole):
        return _history(request, whole)
    if row is not None:
        looks.record([target_id], request, now=now)
    return render(request, "history/record.html", {"target_id": target_id, "row": row}, status=200 if row else 404)
