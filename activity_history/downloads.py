"""What the staff page and the admin show, as CSV files: what they withhold, the file withholds.

All in one file where it fits. Else a page gives it in parts, each with a link to the next.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from activities.api import page_tokens
from activities.api.accept import accepts_gzip
from activities.api.export import encoded
from activities.export import Part, read_part, targets_in
from activities.export_formats import csv
from activities.history import Place
from activities.models import ActivityRows
from activities.statements import StatementCancelled
from activities.wording import WORDING
from activities.wording.values import moment
from activity_history import looks, timeline
from activity_history.history_forms import DownloadForm
from activity_history.pages import for_staff
from activity_history.rows import Reader
from activity_history.timeline import Filters

# By this, spreadsheets know the file as UTF-8.
_MARK = b"\xef\xbb\xbf"


class _Asked(NamedTuple):
    """Of no target: all records. The part lies behind `after`, and not behind `until`."""

    target_id: str
    filters: Filters
    reader: Reader
    after: Place | None
    until: Place | None

    @property
    def binding(self) -> bytes:
        return b"download\0" + timeline.binding(self.target_id, self.filters)

    def part(self, *, now: datetime, gzipped: bool = False) -> Part:
        """Each is a file of its own, with a header. Raises StatementCancelled."""
        format = csv(withheld=() if self.reader.may_see_sensitive else WORDING.sensitive_targets)
        header = _MARK + format.header
        rows = self._rows(now)
        return read_part(rows, format, after=self.after, until=self.until, header=header, gzipped=gzipped, now=now)

    def targets_in(self, part: Part, *, now: datetime) -> list[str]:
        return [self.target_id] if self.target_id else targets_in(part, self._rows(now), after=self.after)

    def _rows(self, now: datetime) -> ActivityRows:
        rows = self.filters.narrow(timeline.visible(self.reader, now=now))
        return rows.about_targets([self.target_id]) if self.target_id else rows


@for_staff
def file(request: HttpRequest) -> HttpResponse:
    """Leads to the page of parts where there is more than fits; also when rows that came since have made it so."""
    asked, now = _read(request), datetime.now(UTC)
    gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    try:
        part = asked.part(now=now, gzipped=gzipped)
    except StatementCancelled:
        return _took_too_long(request, asked)
    if not part.is_last:
        query = request.GET.copy()
        query.pop("until", None)
        return redirect(reverse("download-parts", query=query))
    if part.rows:
        looks.record(asked.targets_in(part, now=now), request, now=now)
    named = {"Content-Disposition": f'attachment; filename="{_name(part)}"'}
    return HttpResponse(part.body, content_type="text/csv; charset=utf-8", headers={**named, **encoded(gzipped)})


@for_staff
def parts(request: HttpRequest) -> HttpResponse:
    """Says what the next part holds, and where the one behind it begins. The file itself is made when it is fetched."""
    asked = _read(request)
    try:
        part = asked.part(now=datetime.now(UTC))
    except StatementCancelled:
        return _took_too_long(request, asked)
    next = page_tokens.encode(part.next, asked.binding) if part.next else None
    oldest, newest = (moment(place.occurred_at.isoformat()) if place else None for place in (part.last, part.first))
    shown = {"rows": part.rows, "bytes": len(part.body), "oldest": oldest, "newest": newest, "next": next}
    whose = {"target_id": asked.target_id, "is_first": asked.after is None}
    return render(request, "history/download.html", {**whose, **shown})


def _read(request: HttpRequest) -> _Asked:
    """Only links lead here, so whatever is wrong with the address is not for its reader to mend."""
    form = DownloadForm(request.GET)
    if not form.is_valid():
        raise BadRequest("The address of a download is not right.")
    given = form.cleaned_data
    if not given["target"] and not request.user.is_staff:
        # The history of all is for those who have the admin.
        raise PermissionDenied
    asked = _Asked(given["target"], form.filters(), Reader.of(request.user), None, None)
    try:
        after, until = (
            page_tokens.decode(given[name], asked.binding) if given[name] else None for name in ("after", "until")
        )
    except page_tokens.InvalidPageToken:
        raise BadRequest("The place in a download is not known.") from None
    return asked._replace(after=after, until=until)


def _took_too_long(request: HttpRequest, asked: _Asked) -> HttpResponse:
    return render(request, "history/download.html", {"target_id": asked.target_id, "too_long": True}, status=503)


def _name(part: Part) -> str:
    if not part.first or not part.last:
        return "activities-none.csv"
    return f"activities-{part.last.occurred_at:%Y-%m-%dT%H%M%S}-to-{part.first.occurred_at:%Y-%m-%dT%H%M%S}.csv"
