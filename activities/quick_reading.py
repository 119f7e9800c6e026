"""The usual bodies, read in half the time: typed by msgspec, by the rules of contract.py.

msgspec tells one fault where the contract wants them all. So whatever it refuses, and whatever is not plainly within
the rules, is left to json_body.py and contract.py, which decide; what is read here is read alike there, and a test
holds that.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from activities import retention
from activities.contract import EMAIL_PATTERN, TARGET_ID_PATTERN, WORD_PATTERN
from activities.durations import Duration, read_duration
from activities.json_body import MAX_DOCUMENT_BYTES, MAX_LEVELS, has_nul, has_odd_number
from activities.moments import EARLIEST, MAY_LIE_AHEAD, read_moment
from activities.new_activities import AuthorSnapshot, NewActivities, NewActivity

# In four bytes a character at most, these are within the limit of an author's bytes.
_AUTHOR_CHARACTERS = 500
_ARRAY = re.compile(rb"[ \t\r\n]*\[")
_word = re.compile(WORD_PATTERN[1:-1], re.ASCII)
_email = re.compile(EMAIL_PATTERN[1:-1])
_Null = msgspec.Raw(b"null")


def _whole(pattern: str) -> str:
    """As fullmatch takes it: `$` lets a line's end follow."""
    return rf"{pattern[:-1]}\Z"


class _Author(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    fullName: Annotated[str, Meta(min_length=1, max_length=255)]
    id: Annotated[str, Meta(min_length=1, max_length=255)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None


class _Activity(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: Annotated[str, Meta(max_length=64)]
    targetType: Annotated[str, Meta(max_length=64)]
    targetId: Annotated[str, Meta(min_length=1, max_length=255, pattern=_whole(TARGET_ID_PATTERN))]
    datetime: str
    author: _Author
    # msgspec takes the contract's two spellings, and no other.
    id: UUID | None = None
    sourceDomain: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    timeToLive: str | None = None
    oldData: msgspec.Raw = _Null
    newData: msgspec.Raw = _Null
    correlationId: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


_decode_one = msgspec.json.Decoder(_Activity).decode
_decode_many = msgspec.json.Decoder(list[_Activity]).decode


def is_array(body: bytes) -> bool:
    return _ARRAY.match(body) is not None


class Doubtful(ValueError):
    """Something is not plainly within the rules: the slow reading decides."""


def read_quickly(
    body: bytes, *, now: datetime, make_id: Callable[[int], UUID], correlation_id: str | None
) -> NewActivities | None:
    """The activities of an array, or the one of an object; None where there is any doubt. `make_id` takes the index.

    Those of an array are read to the end as they are asked for, which may raise Doubtful.
    """
    if has_nul(body):
        return None
    try:
        # msgspec passes over the documents' strings, but for their escapes.
        body.decode()
        if not is_array(body):
            return NewActivities.of([_activity(_decode_one(body), 0, now, make_id, correlation_id)])
        sent = _decode_many(body)
        ids = [one.id or make_id(index) for index, one in enumerate(sent)]
        authors = {_author(one.author.id, one.author.fullName, one.author.email) for one in sent}
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return NewActivities(
        ids, authors, lambda index: _activity(sent[index], index, now, ids.__getitem__, correlation_id)
    )


def _activity(
    sent: _Activity, index: int, now: datetime, make_id: Callable[[int], UUID], correlation_id: str | None
) -> NewActivity:
    old_data, new_data = _document(sent.oldData), _document(sent.newData)
    author = _author(sent.author.id, sent.author.fullName, sent.author.email)
    try:
        occurred_at = read_moment(sent.datetime)
        time_to_live = _duration(sent.timeToLive)
        ends = retention.expires_at(
            occurred_at, time_to_live, source_domain=sent.sourceDomain, target_type=sent.targetType, now=now
        )
    except ValueError:
        raise Doubtful from None
    if (
        not (_is_word(sent.type) and _is_word(sent.targetType))
        or not EARLIEST <= occurred_at <= now + MAY_LIE_AHEAD
        or len(old_data or b"") + len(new_data or b"") > MAX_DOCUMENT_BYTES
    ):
        raise Doubtful
    return NewActivity(
        sent.id or make_id(index),
        sent.type,
        sent.targetType,
        sent.targetId,
        sent.sourceDomain,
        occurred_at,
        str(time_to_live) if time_to_live else None,
        ends,
        old_data,
        new_data,
        author,
        sent.correlationId or correlation_id,
    )


def _document(raw: msgspec.Raw) -> bytes | None:
    text = bytes(raw)
    if text == b"null":
        return None
    # Text is never shorter than what it says, and has no fewer brackets than levels.
    if text[:1] != b"{" or text.count(b"{") + text.count(b"[") > MAX_LEVELS or has_odd_number(text):
        raise Doubtful
    return text


@lru_cache(1024)
def _is_word(text: str) -> bool:
    return _word.fullmatch(text) is not None


@lru_cache(1024)
def _duration(text: str | None) -> Duration | None:
    return None if text is None else read_duration(text)


@lru_cache(1024)
def _author(identifier: str | None, full_name: str, email: str | None) -> AuthorSnapshot:
    size = len(identifier or "") + len(full_name) + len(email or "")
    if size > _AUTHOR_CHARACTERS or (email and not _email.fullmatch(email)):
        raise Doubtful
    return AuthorSnapshot(identifier, full_name, email or None)
