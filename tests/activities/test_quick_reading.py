"""What is read quickly is read as the slow reading reads it, and what is not right is left to that."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.contract import read_activity
from activities.json_body import BodyUnreadable, read_body
from activities.new_activities import NewActivity
from activities.quick_reading import Doubtful, read_quickly
from tests.shapes import LEAST

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def made(index: int) -> UUID:
    return UUID(int=index)


def quickly(body: bytes) -> list[NewActivity] | None:
    read = read_quickly(body, now=NOW, make_id=made, correlation_id="c-request")
    try:
        return None if read is None else list(read)
    except Doubtful:
        return None


def slowly(body: bytes) -> list[NewActivity] | None:
    """None where anything is wrong."""
    try:
        _, items = read_body(body)
    except BodyUnreadable:
        return None
    read = [
        read_activity(item, now=NOW, make_id=lambda index=index: made(index), correlation_id="c-request")  # type: ignore[misc]
        for index, item in enumerate(items)
    ]
    return (
        [each for each in read if isinstance(each, NewActivity)] if not any(isinstance(e, list) for e in read) else None
    )


texts = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", "a", "update", "a-1\n", "\x7f", "é", "😀", "x" * 64, "x" * 65, "x" * 128, "x" * 256, "a@b", "@"]
    ),
    st.sampled_from(
        ["a@b\n", "a b@c", "\u2028", "\x85", "P12W", "P0D", "365 days", "365 days\n", "P100Y", "P101Y", "P1D"]
    ),
    st.sampled_from(["57687DF6EF165FD7AB695048D09EBE5E", "{57687df6-ef16-5fd7-ab69-5048d09ebe5e}", f"{UUID(int=7)}\n"]),
    st.sampled_from(
        [str(UUID(int=7)), "2026-02-19T15:12:00Z", "2026-02-19", "1899-12-31T23:59:59Z", "2026-03-16T12:00:01Z"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
values = st.recursive(
    scalars, lambda each: st.lists(each, max_size=2) | st.dictionaries(texts, each, max_size=2), max_leaves=4
)
authors = st.dictionaries(st.sampled_from(["id", "fullName", "email", "name"]), values, max_size=3)
MEMBERS = [
    [
        "id",
        "type",
        "targetType",
        "targetId",
        "sourceDomain",
        "datetime",
        "timeToLive",
        "oldData",
        "newData",
        "author",
        "correlationId",
        "recordedAt",
    ]
][0]
bodies = st.dictionaries(st.sampled_from(MEMBERS), values | authors, max_size=3).map(lambda given: LEAST | given)


@given(bodies, st.booleans())
def test_whatever_comes_is_read_alike_or_left_to_the_slow_reading(body: dict[str, Any], ascii: bool) -> None:
    text = json.dumps(body, ensure_ascii=ascii).encode(errors="surrogatepass")
    read = quickly(text)
    assert read is None or read == slowly(text)


@given(st.lists(bodies, max_size=3))
def test_arrays_are_read_alike_or_left_to_the_slow_reading(given: list[dict[str, Any]]) -> None:
    text = json.dumps(given, ensure_ascii=True).encode()
    read = quickly(text)
    assert read is None or read == slowly(text)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"oldData": {"paid": 12345.67, "list": [1, {"a": None}]}, "newData": None},
        {
            "id": "57687DF6EF165FD7AB695048D09EBE5E",
            "timeToLive": "P12W",
            "sourceDomain": "é 😀",
            "correlationId": "c-1",
        },
        {"author": {"id": None, "fullName": "Zoë 王", "email": ""}, "datetime": "2024-02-29T15:12:00.1234567+01:00"},
        {"id": None, "timeToLive": None, "author": {"id": "a", "fullName": "b", "email": "c@d"}},
    ],
)
def test_the_usual_is_read_quickly(members: dict[str, Any]) -> None:
    text = json.dumps(LEAST | members).encode()
    assert quickly(text) == slowly(text) is not None
    assert quickly(b" [" + text + b", " + text + b"]") == slowly(b"[" + text + b", " + text + b"]")


@pytest.mark.parametrize(
    "raw",
    [
        "[1]",
        '"text"',
        "7",
        '{"a": NaN}',
        '{"a": 1e131071}',
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
        '{"a": "\\q"}',
        '{"a": 01}',
        '{"a": 1.}',
        '{"a": "\t"}',
        '{"a": tru}',
        '{"a": 1}}',
        '{"a": 1, }',
        '{"a": [' + "[" * 40 + "]" * 40 + "]}",
        '{"a": "' + "x" * 256 * 1024 + '"}',
        '{"a": ' + "1" * 101 + "}",
    ],
)
def test_documents_that_are_not_plainly_right_are_left_to_the_slow_reading(raw: str) -> None:
    body = json.dumps(LEAST)[:-1] + f', "newData": {raw}}}'
    assert quickly(body.encode()) is None


def test_bytes_that_are_no_utf8_are_left_to_the_slow_reading() -> None:
    body = json.dumps(LEAST | {"newData": {"a": "X"}}).encode()
    assert quickly(body.replace(b"X", b"\xff")) is None
    assert quickly(body.replace(b"Dawit", b"\xc0\x80")) is None
