"""What is read out of a POST's member, past the wire. How each is refused: api/test_bad_members.py."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from pydantic_core import PydanticCustomError

from activities.contract import ActivityIn, AlreadyEnded, read_activity, read_uuid
from activities.json_body import Fault, read_body
from activities.new_activities import AuthorSnapshot, NewActivity
from tests.shapes import LEAST

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MADE = UUID("0195a000-0000-7000-8000-000000000000")


def read(correlation_id: str | None = "c-request", **members: Any) -> NewActivity | list[Fault]:
    [item] = read_body(orjson.dumps(LEAST | members))[1]
    return read_activity(item, now=NOW, make_id=lambda: MADE, correlation_id=correlation_id)


def test_the_least_is_filled_up() -> None:
    assert read() == NewActivity(
        id=MADE,
        type="update",
        target_type="person",
        target_id="t-1",
        source_domain=None,
        occurred_at=datetime(2026, 2, 19, 15, 12, tzinfo=UTC),
        time_to_live=None,
        expires_at=datetime(2033, 2, 19, 15, 12, tzinfo=UTC),
        old_data=None,
        new_data=None,
        author=AuthorSnapshot(None, "Dawit Haile", None),
        correlation_id="c-request",
    )


def test_whatever_is_sent_is_taken_over() -> None:
    sent = read(
        id="57687DF6EF165FD7AB695048D09EBE5E",
        sourceDomain="Person",
        datetime="2026-02-19T15:12:00.1234567+01:00",
        timeToLive="P12W",
        oldData={},
        newData={"a": 1},
        author={"id": "a-1", "fullName": "Dawit Haile", "email": ""},
        correlationId="c-1",
    )
    assert sent == NewActivity(
        id=UUID("57687df6-ef16-5fd7-ab69-5048d09ebe5e"),
        type="update",
        target_type="person",
        target_id="t-1",
        source_domain="Person",
        occurred_at=datetime(2026, 2, 19, 14, 12, 0, 123_456, tzinfo=UTC),
        time_to_live="P84D",
        expires_at=datetime(2026, 5, 14, 14, 12, 0, 123_456, tzinfo=UTC),
        old_data=b"{}",
        new_data=b'{"a":1}',
        author=AuthorSnapshot("a-1", "Dawit Haile", None),
        correlation_id="c-1",
    )


@pytest.mark.parametrize("word", ["create", "x", "A", "a1_.-", "x" * 64, "Tenure-Ended.v2"])
def test_vocabularies_are_open(word: str) -> None:
    activity = read(type=word, targetType=word)
    assert isinstance(activity, NewActivity)
    assert (activity.type, activity.target_type) == (word, word)


@pytest.mark.parametrize("target_id", ["x", "é" * 255, "TWVoZGlLaW1ha2hlCg==", " ", "a b", "😀", "\u00a0", "<&'\"%;"])
def test_a_target_id_is_any_text_without_control_characters(target_id: str) -> None:
    activity = read(targetId=target_id)
    assert isinstance(activity, NewActivity)
    assert activity.target_id == target_id


@pytest.mark.parametrize("email", ["a@b", "é@ü", "o'brien+x@council.example", "x" * 252 + "@b"])
def test_an_email_is_recorded_not_verified(email: str) -> None:
    activity = read(author={"fullName": "x" * 255, "id": "x" * 255, "email": email})
    assert isinstance(activity, NewActivity)
    assert activity.author == AuthorSnapshot("x" * 255, "x" * 255, email)


def test_the_longest_optional_texts_are_taken() -> None:
    activity = read(sourceDomain="é" * 64, correlationId="é" * 128)
    assert isinstance(activity, NewActivity)
    assert (activity.source_domain, activity.correlation_id) == ("é" * 64, "é" * 128)


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (NOW + timedelta(hours=24), None),
        (NOW + timedelta(hours=24, microseconds=1), "A datetime lies at most 24 hours ahead of now."),
    ],
)
def test_a_datetime_lies_at_most_a_day_ahead(moment: datetime, sentence: str | None) -> None:
    result = read(datetime=moment.isoformat())
    assert result == [Fault("/datetime", sentence)] if sentence else isinstance(result, NewActivity)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("1900-01-01T00:00:00Z", None), ("1899-12-31T23:59:59.999999Z", "A datetime lies in 1900 or later.")],
)
def test_a_datetime_lies_in_1900_or_later(text: str, sentence: str | None) -> None:
    [item] = read_body(orjson.dumps(LEAST | {"datetime": text, "timeToLive": "P1Y"}))[1]
    result = read_activity(item, now=datetime(1900, 6, 1, tzinfo=UTC), make_id=lambda: MADE, correlation_id=None)
    assert result == [Fault("/datetime", sentence)] if sentence else isinstance(result, NewActivity)


def test_having_ended_already_is_told_apart_from_other_faults() -> None:
    result = read(timeToLive="1 day")
    detail = (
        "The record would already have ended at 2026-02-20T15:12:00Z: "
        "send a later datetime or a longer timeToLive, or leave the record out."
    )
    assert result == [AlreadyEnded("/timeToLive", detail)]
    assert isinstance(result, list)
    assert isinstance(result[0], AlreadyEnded)


def test_of_one_place_only_the_first_fault_is_told() -> None:
    [item] = read_body(rb'{"author": {"fullName": "\ud83d"}}')[1]
    faults = read_activity(item, now=NOW, make_id=lambda: MADE, correlation_id=None)
    assert isinstance(faults, list)
    places = ["/author/fullName", "/type", "/targetType", "/targetId", "/datetime"]
    assert [fault.pointer for fault in faults] == places


def test_an_id_is_only_made_where_it_is_needed() -> None:
    def fail() -> UUID:
        raise AssertionError

    for member in ({"type": 5}, {"timeToLive": "1 day"}, {"id": str(MADE)}):
        [item] = read_body(orjson.dumps(LEAST | member))[1]
        read_activity(item, now=NOW, make_id=fail, correlation_id=None)


@pytest.mark.parametrize("text", ["{57687df6-ef16-5fd7-ab69-5048d09ebe5e}", "urn:uuid:" + "0" * 32, "0" * 31, 5, None])
def test_only_two_spellings_are_a_uuid(text: Any) -> None:
    with pytest.raises(PydanticCustomError):
        read_uuid(text)


def test_the_members_stand_in_the_contracts_order() -> None:
    assert " ".join(ActivityIn.model_fields) == (
        "id type targetType targetId sourceDomain datetime timeToLive oldData newData author correlationId"
    )
