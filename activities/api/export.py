"""`GET /api/v1/activities/export`: one part of a file, built whole, with the way to the next one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from activities import reads
from activities.access import SEARCH, Caller
from activities.api.accept import accepts_gzip
from activities.api.calls import Answer, Call
from activities.api.parameters import EXPORT_PARAMETERS, ListQuery, read_list_query, restricted
from activities.api.permissions import require
from activities.api.problems import Problem
from activities.export import Part, read_part, targets_in
from activities.export_formats import FORMATS
from activities.models import Activity, ActivityRows


def export_activities(call: Call) -> Answer:
    require(call.caller, SEARCH)
    if call.caller.audience == "resident":
        raise Problem("not-for-residents", "Residents do not export: use a staff token.")
    query = read_list_query(call.meta, default_page_size=1, known=EXPORT_PARAMETERS)
    format = FORMATS[query.values["format"][0]]
    now = datetime.now(UTC)
    rows = _readable(query, call.caller, now)
    gzipped = accepts_gzip(call.meta.get("HTTP_ACCEPT_ENCODING", ""))
    part = read_part(rows, format, after=query.after, gzipped=gzipped, now=now)
    if call.caller.reads_are_recorded:
        reads.record_by_api(targets_in(part, rows, after=query.after), caller=call.caller, now=now)
    headers = {**encoded(gzipped), **_next(part, query, call.base_url)}
    return Answer(200, part.body, headers, format.content_type)


def read_query(parameters: Mapping[str, str | list[str]]) -> ListQuery:
    """As it would be sent. Raises Problem."""
    meta = {"QUERY_STRING": urlencode(parameters, doseq=True)}
    return read_list_query(meta, default_page_size=1, known=EXPORT_PARAMETERS)


def encoded(gzipped: bool) -> dict[str, str]:
    return {"Vary": "Accept-Encoding", **({"Content-Encoding": "gzip"} if gzipped else {})}


def rows_of(query: ListQuery, *, now: datetime) -> ActivityRows:
    """All that the query lets through, whoever asks."""
    rows = Activity.objects.readable(now=now)
    rows = query.narrow(rows) if query.narrow else rows
    return rows if query.target_ids is None else rows.about_targets(query.target_ids)


def _readable(query: ListQuery, caller: Caller, now: datetime) -> ActivityRows:
    rows, narrow = rows_of(query, now=now), restricted(None, caller)
    rows = narrow(rows) if narrow else rows
    return rows if caller.target_ids is None else rows.about_targets(sorted(caller.target_ids))


def _next(part: Part, query: ListQuery, base_url: str) -> dict[str, str]:
    token = query.token(part.next)
    if token is None:
        return {}
    url = f"{base_url}/api/v1/activities/export?{query.next_query(token)}"
    return {"Link": f'<{url}>; rel="next"', "X-Next-Token": token}
