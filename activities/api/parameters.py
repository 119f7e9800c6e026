"""Query parameters: read, checked all at once, and written again for the next page."""

import re
from collections.abc import Callable, Mapping
from functools import cache, reduce
from typing import Any, NamedTuple, cast
from urllib.parse import quote_plus, unquote_plus

import orjson
from django.utils.datastructures import MultiValueDict

from activities.access import Caller
from activities.api import page_tokens
from activities.api.filters import ActivityFilter
from activities.api.page_tokens import InvalidPageToken
from activities.api.problems import Problem
from activities.contract import TARGET_ID_PATTERN
from activities.export_formats import FORMATS
from activities.history import MAX_TARGETS, Place
from activities.models import Activity, ActivityRows
from activities.wording import WORDING

MAX_PAGE_SIZE = 1_000
MAX_PARAMETERS = 1_000
INCLUDABLE = ("changes", "summary")
FILTERS = tuple(ActivityFilter.base_filters)
LIST_PARAMETERS = ("targetId", *FILTERS, "pageSize", "paginationToken", "include")
CONSUMERS_PARAMETERS = ("targetId", "pageSize", "paginationToken")
FEED_PARAMETERS = ("targetId", *FILTERS, "pageSize", "after")
EXPORT_PARAMETERS = ("format", "targetId", *FILTERS, "paginationToken")
_target_id = re.compile(TARGET_ID_PATTERN[1:-1])
# A part of one format does not go on from one of the other.
_BINDING = ("targetId", *FILTERS, "format")
_IN_ORDER = ("format", *LIST_PARAMETERS)
# Needs no quoting in a query string.
_PLAIN = re.compile("[A-Za-z0-9_.~-]*", re.ASCII)
_bytes_left = re.compile("[\udc80-\udcff]")

Values = dict[str, list[str]]
Faults = list[tuple[str, str]]


class ListQuery(NamedTuple):
    """What a list was asked for. `narrow` is None where no filter was sent."""

    target_ids: list[str] | None
    narrow: Callable[[ActivityRows], ActivityRows] | None
    page_size: int
    after: Place | None
    included: frozenset[str]
    values: Values

    def token(self, place: Place | None) -> str | None:
        return page_tokens.encode(place, signed(self.values)) if place else None

    def next_query(self, token: str) -> str:
        """The query string of the page that the token begins; always written in the same order."""
        values = {**self.values, "paginationToken": [token]}
        return "&".join([f"{name}={_quoted(value)}" for name in _IN_ORDER if name in values for value in values[name]])


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote_plus(value)


def read_list_query(
    meta: Mapping[str, Any],
    *,
    default_page_size: int,
    known: tuple[str, ...] = LIST_PARAMETERS,
    strict: bool = True,
) -> ListQuery:
    """Raises Problem with all that is wrong. When not strict, unknown parameters are passed over."""
    faults: Faults = []
    values = _canonical(meta, known, strict, faults)
    target_ids = _target_ids(values, faults)
    page_size = _page_size(_once(values, "pageSize", faults), default_page_size, faults)
    after = _place(_once(values, "paginationToken", faults), values, faults)
    for name in values.get("include", []):
        if name not in INCLUDABLE:
            faults.append(("include", f"What can be included is {' and '.join(INCLUDABLE)}."))
    if "format" in known and values.get("format") not in [[name] for name in FORMATS]:
        faults.append(("format", f"Send it once, as {' or '.join(FORMATS)}."))
    narrow = _narrow(values, target_ids is not None, faults)
    if faults:
        raise refused(faults)
    return ListQuery(target_ids, narrow, page_size, after, frozenset(values.get("include", [])), values)


def _canonical(meta: Mapping[str, Any], known: tuple[str, ...], strict: bool, faults: Faults) -> Values:
    """The parameters under the contract's spelling of their names, which are matched without regard to case."""
    spelling = _spelling(known)
    values: Values = {}
    unknown: dict[str, None] = {}
    for name, value in _pairs(meta.get("QUERY_STRING", "")):
        if found := spelling.get(name.lower()):
            values.setdefault(found, []).append(value)
        elif strict:
            unknown[_shown(name)] = None
    listed = ", ".join(known)
    sentence = f"There is no such parameter: leave it out. The parameters are {listed}."
    faults += [(name, sentence) for name in unknown]
    # What cannot be read is not judged further.
    if unreadable := [name for name, given in values.items() if any(map(_bytes_left.search, given))]:
        raise refused([(name, "Write it in UTF-8, percent-encoded.") for name in unreadable] + faults)
    return values


@cache
def _spelling(known: tuple[str, ...]) -> dict[str, str]:
    return {name.lower(): name for name in known}


def _pairs(query: str) -> list[tuple[str, str]]:
    """Read as Django does, but for bytes that are no UTF-8: it takes them for U+FFFD, and so for each other.

    They stand in the text as lone surrogates. Raises Problem when there are too many parameters.
    """
    if not query.isascii():
        query = query.encode("iso-8859-1").decode(errors="surrogateescape")
    parts = [part for part in query.split("&") if part]
    if len(parts) > MAX_PARAMETERS:
        raise Problem("invalid-parameters", f"Send at most {MAX_PARAMETERS} parameters in one request.")
    return [(_unquoted(name), _unquoted(value)) for name, _, value in [part.partition("=") for part in parts]]


def _unquoted(text: str) -> str:
    return unquote_plus(text, errors="surrogateescape") if "%" in text or "+" in text else text


def _shown(name: str) -> str:
    return name.encode(errors="surrogateescape").decode(errors="replace")[:100]


def refused(faults: Faults) -> Problem:
    errors = [{"parameter": name, "detail": detail} for name, detail in faults]
    return Problem("invalid-parameters", f"{errors[0]['parameter']}: {errors[0]['detail']}", errors=errors)


def _once(values: Values, name: str, faults: Faults) -> str | None:
    given = values.get(name, [])
    if len(given) > 1:
        faults.append((name, "Send this parameter once."))
    return given[0] if len(given) == 1 else None


def _target_ids(values: Values, faults: Faults) -> list[str] | None:
    if "targetId" not in values:
        return None
    values["targetId"] = list(dict.fromkeys(values["targetId"]))
    if len(values["targetId"]) > MAX_TARGETS:
        faults.append(("targetId", f"Send at most {MAX_TARGETS} targets in one request."))
    if not all(_target_id.fullmatch(id) and len(id) <= 255 for id in values["targetId"]):
        faults.append(("targetId", "A target id has 1 to 255 characters, and no control characters."))
    return values["targetId"]


def _page_size(text: str | None, default: int, faults: Faults) -> int:
    if text is None:
        return default
    size = int(text) if re.fullmatch("[0-9]{1,6}", text) else 0
    if not 1 <= size <= MAX_PAGE_SIZE:
        faults.append(("pageSize", f"Send a whole number from 1 to {MAX_PAGE_SIZE}."))
    return size


def _place(token: str | None, values: Values, faults: Faults) -> Place | None:
    if token is None:
        return None
    try:
        return page_tokens.decode(token, signed(values))
    except InvalidPageToken as error:
        faults.append(("paginationToken", str(error)))
        return None


def signed(values: Values) -> bytes:
    """What a token is bound to: the targets and filters, in whatever order they were sent."""
    return orjson.dumps([(name, sorted(set(values[name]))) for name in _BINDING if name in values])


def _narrow(values: Values, with_targets: bool, faults: Faults) -> Callable[[ActivityRows], ActivityRows] | None:
    given = {name: values[name] for name in FILTERS if name in values}
    if not given:
        return None
    filters = ActivityFilter(MultiValueDict(given), queryset=Activity.objects.none())
    faults += filters.faults(with_targets=with_targets)
    cleaned: dict[str, Any] = filters.form.cleaned_data
    return lambda rows: _filtered(filters, rows, cleaned)


def _filtered(filters: ActivityFilter, rows: ActivityRows, cleaned: dict[str, Any]) -> ActivityRows:
    for name, value in cleaned.items():
        rows = cast(ActivityRows, filters.filters[name].filter(rows, value))
    return rows


def restricted(
    narrow: Callable[[ActivityRows], ActivityRows] | None, caller: Caller
) -> Callable[[ActivityRows], ActivityRows] | None:
    """The same, and only what the caller may read of a target; None where neither narrows."""
    conditions = [narrow] if narrow else []
    domains = caller.source_domains
    if domains is not None:
        conditions.append(lambda rows: rows.from_domains(domains))
    if caller.audience == "resident":
        conditions.append(lambda rows: rows.of_kinds(WORDING.kinds_for("resident")))
    return (lambda rows: reduce(lambda so_far, one: one(so_far), conditions, rows)) if conditions else None
