"""`GET /api/v1/activities/feed`: answered at once, always with a token to go on from."""

from datetime import UTC, datetime
from typing import Any

import orjson

from activities import feed, reads
from activities.access import SEARCH, Caller
from activities.api import feed_tokens
from activities.api.calls import Answer, Call
from activities.api.feed_tokens import Bookmark, InvalidFeedToken
from activities.api.parameters import FEED_PARAMETERS, ListQuery, read_list_query, refused, signed
from activities.api.permissions import require
from activities.api.problems import Problem
from activities.feed import BEGINNING
from activities.moments import read_moment_or_date
from activities.postgres_formats import Array, texts

_ONES_OF = {
    "target_ids": "targetId",
    "target_types": "targetType",
    "types": "type",
    "source_domains": "sourceDomain",
    "author_ids": "authorId",
    "correlation_ids": "correlationId",
}
_BOUNDS = {"occurred_from": "occurredFrom", "occurred_to": "occurredTo"}


def follow_feed(call: Call) -> Answer:
    require(call.caller, SEARCH)
    if call.caller.audience == "resident":
        raise Problem("not-for-residents", "Residents do not follow the feed: use a staff token.")
    query = read_list_query(call.meta, default_page_size=20, known=FEED_PARAMETERS)
    bookmark, now = _bookmark(query), datetime.now(UTC)
    page = feed.follow(
        bookmark.position if bookmark else BEGINNING,
        narrow=_narrow(query, call.caller),
        page_size=query.page_size,
        now=now,
    )
    if bookmark and bookmark.epoch != page.epoch:
        raise Problem("feed-began-anew", "A backup was restored, so places of before say nothing: start without after.")
    if call.caller.reads_are_recorded:
        reads.record_by_api(reads.targets_of(page.records), caller=call.caller, now=now)
    token = feed_tokens.encode(Bookmark(page.epoch, page.next), signed(query.values))
    rest = orjson.dumps({"nextToken": token, "upToDate": page.up_to_date})
    body = b'{"results":[%b],%b' % (b",".join(page.records), rest[1:])
    return Answer(200, body, {"Retry-After": "1"} if page.up_to_date else {})


def _bookmark(query: ListQuery) -> Bookmark | None:
    given = query.values.get("after", [])
    if len(given) > 1:
        raise refused([("after", "Send this parameter once.")])
    try:
        return feed_tokens.decode(given[0], signed(query.values)) if given else None
    except InvalidFeedToken as error:
        raise refused([("after", str(error))]) from None


def _narrow(query: ListQuery, caller: Caller) -> dict[str, Any]:
    def any_of(values: Any) -> Array | None:
        return None if values is None else texts(values)

    bounds = {name: query.values.get(parameter) for name, parameter in _BOUNDS.items()}
    return {
        **{name: any_of(query.values.get(parameter)) for name, parameter in _ONES_OF.items()},
        **{name: read_moment_or_date(given[0]) if given else None for name, given in bounds.items()},
        "allowed_targets": any_of(caller.target_ids),
        "allowed_domains": any_of(caller.source_domains),
    }
