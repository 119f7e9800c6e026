"""The list of activities: searched exactly, filtered by kind, domain and days, read on by "Older" and "Newer"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from activities import statements
from activities.api import page_tokens
from activities.history import Place
from activities.wording import WORDING
from activity_history import timeline
from activity_history.admin import keyset
from activity_history.admin.activity_form import DAYS, ListForm
from activity_history.admin.activity_record import STORED, state, to_list
from activity_history.rows import Reader, in_words

PAGE = 50
_WINDOWS = [
    ("Today", timedelta()),
    ("Last 7 days", timedelta(days=7)),
    ("Last 30 days", timedelta(days=DAYS)),
]
_TOO_LONG = ("id_dateFrom", "This took too long, and was ended: choose fewer days, or search for an id")
_STALE = ("id_dateFrom", "The place to go on from is not known: apply the filters again, which starts with the newest")


class Listed(NamedTuple):
    """A row in words, and the queries of the lists to which its cells lead."""

    id: UUID
    time: str
    sentence: str
    kind: str
    state: str
    target_type: str
    target_id: str
    same_target: str
    author: str
    same_author: str
    domain: str


def context(request: HttpRequest, *, reader: Reader, now: datetime) -> dict[str, Any]:
    """What the page shows, with its `status`; `faults` are pairs of a field's id and a sentence that tells the cure."""
    form = ListForm(request.GET, now=now)
    faults = form.faults
    shown: dict[str, Any] = {"form": form, "faults": faults, "rows": [], "options": form.options(())}
    if faults:
        return shown | {"status": 400}
    visible = form.narrow(timeline.visible(reader, now=now))
    try:
        # The filters that no index serves are ended by the database.
        with statements.limited_to(statements.LONGEST_READ_MS):
            page = keyset.page(visible, older=_place(form, "older"), newer=_place(form, "newer"), size=PAGE)
    except page_tokens.InvalidPageToken:
        return shown | {"faults": [_STALE], "status": 400}
    except statements.StatementCancelled:
        return shown | {"faults": [_TOO_LONG], "status": 503}
    rows = [_listed(found, form, reader=reader, now=now) for found in page.rows]
    return shown | {
        "status": 200,
        "rows": rows,
        "only_by": rows[0].author if rows and form.cleaned_data["author"] else "",
        "windows": [(label, form.address(dateFrom=f"{now - days:%Y-%m-%d}", dateTo="")) for label, days in _WINDOWS],
        "download": _download(form),
        "older": page.older and form.address(older=page_tokens.encode(page.older, _binding(form))),
        "newer": page.newer and form.address(newer=page_tokens.encode(page.newer, _binding(form))),
    }


def _download(form: ListForm) -> str:
    """The query of the same rows as a file; those of a request have none."""
    first = {"dateFrom": f"{form.start:%Y-%m-%d}"} if form.start else {}
    return "" if form.cleaned_data["together"] else form.address(**first)


def _place(form: ListForm, name: str) -> Place | None:
    token = form.cleaned_data[name]
    return page_tokens.decode(token, _binding(form)) if token else None


def _binding(form: ListForm) -> bytes:
    """What a place is good for. A window that nobody asked for moves on with the days, and the place stays."""
    return b"admin list\0" + repr(sorted(form.asked.items())).encode()


def _listed(found: keyset.Found, form: ListForm, *, reader: Reader, now: datetime) -> Listed:
    row = in_words(found.stored, reader=reader, now=now)
    kept = state(row, found.erased_at)
    return Listed(
        id=row.id,
        time=f"{found.stored.occurred_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        sentence=row.sentence,
        kind=f"{row.target_type} {row.type}",
        state="" if kept == STORED else kept,
        target_type=WORDING.labels.of_target_type(row.target_type),
        target_id=found.target_id,
        same_target=to_list(target=found.target_id),
        author=row.author,
        same_author=form.address(author=str(row.author_row)),
        domain=row.domain or "",
    )
