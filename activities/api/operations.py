"""What the API does: each operation reads its call, makes one call into the domain, and answers."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from activities import history, reads
from activities.access import READ, SEARCH, Caller
from activities.api.bodies import read_json_bytes
from activities.api.calls import Answer, Call, json_answer
from activities.api.parameters import ListQuery, read_list_query, restricted
from activities.api.permissions import require
from activities.api.preferences import Preferences, read_preferences
from activities.api.problems import Problem
from activities.api.submissions import Stored, Submission, read_submission, status, store_good_ones, store_whole
from activities.history import Page
from activities.members import just_stored, shown
from activities.moments import EARLIEST
from activities.new_activities import NewActivity
from activities.quick_reading import Doubtful
from activities.wording import WORDING, read_stored

_KEY = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)


def create_activities(call: Call) -> Answer:
    now = datetime.now(UTC)
    body = read_json_bytes(call)
    try:
        return _create(call, body, now, quickly=True)
    except Doubtful:
        return _create(call, body, now, quickly=False)


def _create(call: Call, body: bytes, now: datetime, *, quickly: bool) -> Answer:
    submission = read_submission(
        body,
        call.caller,
        idempotency_key=_idempotency_key(call.meta),
        correlation_id=call.correlation_id,
        now=now,
        quickly=quickly,
    )
    preferences = read_preferences(call.meta)
    if submission.many and preferences.lenient:
        return _lenient_answer(submission, call.caller, preferences, now)
    stored = store_whole(submission, call.caller, now=now)
    headers = preferences.applied(lenient=False)
    status_code = 201 if stored.recorded.created else 200
    if submission.many:
        return Answer(status_code, _outcome(stored, as_records=preferences.wants == "representation"), headers)
    headers["Location"] = f"{call.base_url}/api/v1/activities/{stored.activities.ids[0]}"
    body = _outcome(stored, as_records=False) if preferences.wants == "minimal" else _record(stored, now)
    return Answer(status_code, body, headers)


def get_activity(call: Call, id: str) -> Answer:
    now = datetime.now(UTC)
    record = history.by_id(id, now=now)
    if record is not None:
        stored, caller = read_stored(record), call.caller
        is_for_caller = caller.audience != "resident" or WORDING.sees(stored, "resident")
        if is_for_caller and caller.may_read(stored.targetId, stored.sourceDomain):
            if caller.reads_are_recorded:
                reads.record_by_api([stored.targetId], caller=caller, now=now)
            return Answer(200, shown(record, stored, caller.audience, with_changes=True, with_summary=True))
    raise Problem("not-found", "There is no such activity, or this token may not read it: check the id.")


def list_activities(call: Call) -> Answer:
    now = datetime.now(UTC)
    query = read_list_query(call.meta, default_page_size=20)
    page = read_page(query, call.caller, now)
    if not page.records and query.target_ids is not None and not _has_records(query, call.caller, now):
        raise Problem("no-activities", "None of these targets has an activity to show: check the target ids.")
    records = _shown(page.records, call.caller, query.included)
    token = query.token(page.next)
    next_url = token and f"{call.base_url}/api/v1/activities?{query.next_query(token)}"
    details = orjson.dumps({"nextToken": token, "next": next_url})
    body = b'{"results":[%b],"paginationDetails":%b}' % (b",".join(records), details)
    return Answer(200, body, {"Link": f'<{next_url}>; rel="next"'} if next_url else {})


def _shown(records: list[bytes], caller: Caller, included: frozenset[str]) -> list[bytes]:
    if not included and caller.audience == "staff":
        return records
    with_changes, with_summary = "changes" in included, "summary" in included
    return [
        shown(each, read_stored(each), caller.audience, with_changes=with_changes, with_summary=with_summary)
        for each in records
    ]


def read_page(query: ListQuery, caller: Caller, now: datetime) -> Page:
    """The page that was asked for, of what the caller may read. Raises Problem when its scope does not reach.

    Where the client's reads are recorded, this one then is.
    """
    require(caller, READ if query.target_ids is not None else SEARCH)
    if caller.audience == "resident" and "authorId" in query.values:
        raise Problem("not-for-residents", "Residents are not told who did it: leave authorId out.")
    if query.target_ids is not None:
        target_ids: list[str] | None = caller.readable_targets(query.target_ids)
    else:
        target_ids = None if caller.target_ids is None else sorted(caller.target_ids)
    page = history.page(
        target_ids,
        narrow=restricted(query.narrow, caller),
        after=query.after,
        page_size=query.page_size,
        now=now,
    )
    if caller.reads_are_recorded:
        reads.record_by_api(reads.targets_of(page.records), caller=caller, now=now)
    return page


def _has_records(query: ListQuery, caller: Caller, now: datetime) -> bool:
    """Whether an empty page is empty because of filters or a continuation, rather than for want of any record."""
    target_ids = caller.readable_targets(query.target_ids or [])
    narrow = restricted(None, caller)
    return query.after is not None or (
        query.narrow is not None and history.has_records(target_ids, narrow=narrow, now=now)
    )


def _idempotency_key(meta: Mapping[str, Any]) -> str | None:
    key: str | None = meta.get("HTTP_IDEMPOTENCY_KEY")
    if key is not None and not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 255 printable ASCII characters."
        raise Problem("invalid-parameters", detail, errors=[{"parameter": "Idempotency-Key", "detail": detail}])
    return key


def _lenient_answer(submission: Submission, caller: Caller, preferences: Preferences, now: datetime) -> Answer:
    results = store_good_ones(submission, caller, now=now)
    counts = [result["status"] for result in results]
    body = {"created": counts.count("created"), "existing": counts.count("existing"), "results": results}
    return json_answer(body, 207, preferences.applied(lenient=True))


def _record(stored: Stored, now: datetime) -> bytes:
    """Of the one that was sent."""
    activities, recorded = stored
    if recorded.documents:
        return just_stored(activities[0], recorded.documents, now)
    return _outcome(stored, as_records=True, alone=True)


def _outcome(stored: Stored, *, as_records: bool, alone: bool = False) -> bytes:
    activities, recorded = stored
    found = _as_stored(activities.ids) if as_records else {}
    if found and all(_is_of_same_target(activity, found[activity.id]) for activity in activities):
        if alone:
            return found[activities.ids[0]]
        results: list[Any] = [orjson.Fragment(found[id]) for id in activities.ids]
    else:
        results = [{"id": id, "status": status(id, recorded)} for id in activities.ids]
    return orjson.dumps({"created": len(recorded.created), "existing": len(recorded.existing), "results": results})


def _is_of_same_target(activity: NewActivity, record: bytes) -> bool:
    """What was erased is not compared with what is sent, and so may be of a target that the sender may not read."""
    read = read_stored(record)
    return (read.targetId, read.sourceDomain) == (activity.target_id, activity.source_domain)


def _as_stored(ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Whoever sent the same content again sees it, also where a shorter policy has ended it since."""
    return history.by_ids(ids, now=EARLIEST)
