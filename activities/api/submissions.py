"""What a POST asks for: read, judged in the contract's order, stored, and answered for."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from activities import ids
from activities.access import Caller
from activities.api.limits import count_activities, give_back_activities
from activities.api.problems import Problem, pointed
from activities.contract import read_activity, sent_id
from activities.json_body import MAX_FAULTS, BodyUnreadable, Fault, Item, read_body
from activities.new_activities import NewActivities, NewActivity
from activities.quick_reading import Doubtful, is_array, read_quickly
from activities.recording import ActivityConflict, Recorded, record

MAX_ITEMS = 1_000
MAX_ERRORS = 100
_CONFLICT = "This id is stored with other content: send the same content again, or use a new id."
_KEY_REUSED = "This Idempotency-Key was used with other content here: use a new key for a new request."
_TWICE = "This id stands in the array before: leave one of the two out."
_DOMAIN = (
    "The token may not write for this source domain: use one that it names, or ask for a token that names this one."
)

Verdict = NewActivity | list[Fault]


class Submission(NamedTuple):
    """The members of the body in order, each an activity or what is wrong with it.

    `derived` holds the ids that were made from the idempotency key.
    """

    many: bool
    verdicts: Sequence[Verdict]
    derived: frozenset[UUID]


def read_submission(
    body: bytes, caller: Caller, *, idempotency_key: str | None, correlation_id: str, now: datetime, quickly: bool
) -> Submission:
    """Raises Problem when the body as a whole cannot be read.

    What was read quickly may raise Doubtful when it is stored, with nothing stored: then it is to be read slowly.
    """
    derived: set[UUID] = set()

    def make_id(index: int) -> UUID:
        if idempotency_key is None:
            return ids.new_id(now)
        derived.add(id := ids.derived_id("key", caller.client_name, idempotency_key, str(index)))
        return id

    if quickly:
        read = read_quickly(body, now=now, make_id=make_id, correlation_id=correlation_id)
        if read and len(read) <= MAX_ITEMS and len(set(read.ids)) == len(read):
            return Submission(is_array(body), read, frozenset(derived))
        derived.clear()
    try:
        many, items = read_body(body)
    except BodyUnreadable as error:
        raise Problem("malformed-json", str(error)) from None
    if not 1 <= len(items) <= MAX_ITEMS:
        cure = "Send fewer in one request." if items else "Send at least one."
        detail = f"An array holds 1 to {MAX_ITEMS} activities; this one holds {len(items)}. {cure}"
        raise Problem("invalid-activities", detail, errors=[{"pointer": "#", "detail": detail}])
    verdicts = [
        read_activity(item, now=now, make_id=partial(make_id, index), correlation_id=correlation_id)
        for index, item in enumerate(items)
    ]
    return Submission(many, _without_repeats(verdicts, items), frozenset(derived))


def _without_repeats(verdicts: Sequence[Verdict], items: Sequence[Item]) -> list[Verdict]:
    """The same, but one id twice is a fault of the second, whatever else is wrong with either."""
    seen: set[UUID] = set()
    judged: list[Verdict] = []
    for verdict, item in zip(verdicts, items, strict=True):
        id = verdict.id if isinstance(verdict, NewActivity) else sent_id(item)
        if id in seen:
            faults = [] if isinstance(verdict, NewActivity) else verdict
            judged.append([Fault("/id", _TWICE), *faults][:MAX_FAULTS])
            continue
        if id is not None:
            seen.add(id)
        judged.append(verdict)
    return judged


class Stored(NamedTuple):
    """What became of a submission that was stored whole."""

    activities: NewActivities
    recorded: Recorded


def store_whole(submission: Submission, caller: Caller, *, now: datetime) -> Stored:
    """All or nothing. Raises Problem."""
    prefixes = [f"/{index}" if submission.many else "" for index in range(len(submission.verdicts))]
    activities = NewActivities.of(_without_faults(submission.verdicts, prefixes))
    if caller.source_domains is not None and (refused := _of_other_domains(activities, caller, prefixes)):
        raise Problem("domain-not-allowed", _DOMAIN, errors=pointed(refused))
    try:
        recorded = _record(activities, caller, now=now)
    except ActivityConflict as conflict:
        raise _conflict(conflict.ids, activities, prefixes, submission.derived) from None
    return Stored(activities, recorded)


def _record(
    activities: Sequence[NewActivity], caller: Caller, *, now: datetime, all_or_nothing: bool = True
) -> Recorded:
    """Counts them first. Raises Problem where the client has sent too many."""
    if caller.limits is not None:
        count_activities(caller, len(activities), now=now.timestamp())
    try:
        return record(activities, client_id=caller.client_id, now=now, all_or_nothing=all_or_nothing)
    except Doubtful:
        # They come again, read slowly.
        give_back_activities(caller, len(activities), now=now.timestamp())
        raise


def _of_other_domains(activities: Sequence[NewActivity], caller: Caller, prefixes: Sequence[str]) -> list[Fault]:
    return [
        Fault(f"{prefix}/sourceDomain", _DOMAIN)
        for prefix, activity in zip(prefixes, activities, strict=True)
        if not caller.may_use_domain(activity.source_domain)
    ]


def _without_faults(verdicts: Sequence[Verdict], prefixes: Sequence[str]) -> Sequence[NewActivity]:
    if isinstance(verdicts, NewActivities):
        return verdicts
    errors = [
        error
        for prefix, verdict in zip(prefixes, verdicts, strict=True)
        if isinstance(verdict, list)
        for error in pointed(verdict, prefix)
    ]
    if errors:
        count = len(errors) if len(errors) < MAX_ERRORS else f"at least {MAX_ERRORS}"
        rest = f" There are {count} such faults in all." if len(errors) > 1 else ""
        detail = f"{errors[0]['pointer']}: {errors[0]['detail']}{rest}"
        raise Problem("invalid-activities", detail, errors=errors[:MAX_ERRORS])
    return [verdict for verdict in verdicts if isinstance(verdict, NewActivity)]


def _conflict(
    ids: set[UUID], activities: Sequence[NewActivity], prefixes: Sequence[str], derived: frozenset[UUID]
) -> Problem:
    reused = ids <= derived
    faults = [
        Fault(f"{prefix}/id", _KEY_REUSED if activity.id in derived else _CONFLICT)
        for prefix, activity in zip(prefixes, activities, strict=True)
        if activity.id in ids
    ]
    slug = "idempotency-key-reused" if reused else "activity-conflict"
    return Problem(slug, f"{faults[0].detail} Nothing was stored.", errors=pointed(faults))


def store_good_ones(submission: Submission, caller: Caller, *, now: datetime) -> list[dict[str, Any]]:
    """Stores what can be stored, and tells of each member what became of it, in the order sent."""
    verdicts = [_within_domains(verdict, caller) for verdict in submission.verdicts]
    good = [verdict for verdict in verdicts if isinstance(verdict, NewActivity)]
    recorded = _record(good, caller, now=now, all_or_nothing=False)
    return [_result(index, verdict, recorded, submission.derived) for index, verdict in enumerate(verdicts)]


def _within_domains(verdict: Verdict, caller: Caller) -> Verdict:
    if isinstance(verdict, NewActivity) and not caller.may_use_domain(verdict.source_domain):
        return [Fault("/sourceDomain", _DOMAIN)]
    return verdict


def _result(index: int, verdict: Verdict, recorded: Recorded, derived: frozenset[UUID]) -> dict[str, Any]:
    if isinstance(verdict, NewActivity) and verdict.id not in recorded.conflicting:
        return {"id": verdict.id, "status": status(verdict.id, recorded)}
    if isinstance(verdict, NewActivity):
        detail = _KEY_REUSED if verdict.id in derived else _CONFLICT
        errors = pointed([Fault("/id", detail)], f"/{index}")
        return {"id": verdict.id, "status": "rejected", "errors": errors}
    return {"id": None, "status": "rejected", "errors": pointed(verdict, f"/{index}")}


def status(id: UUID, recorded: Recorded) -> str:
    return "created" if id in recorded.created else "existing"
