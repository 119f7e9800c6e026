"""Each member of a POST: what it may not be, where that is said, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.activities.api.posts import invalid, post_text, stored_ids, text_of
from tests.api_client import CheckedClient
from tests.refusals import said
from tests.shapes import activity, recent

STRING, OBJECT, DOCUMENT = "Send a string.", "Send an object.", "Send an object, or null."
REQUIRED = "This member is required: add it."
SHORT = "Send at least 1 character, or leave it out where it is optional."
UUID = "Write the id as a UUID: 32 hexadecimal digits, with or without dashes."
WORD = "Begin with a letter and go on with letters, digits, _ . or - only, 64 characters at most."
CONTROL = "A target id has no control characters."
MOMENT = "Write it as an RFC 3339 date-time, such as 2026-02-19T15:12:00.123456Z or 2026-02-19T15:12:00+00:00."
NO_SUCH_MOMENT = "There is no such date or time of day: check month, day, hour, minute, second and offset."
AHEAD = "A datetime lies at most 24 hours ahead of now."
TIME_TO_LIVE = 'Write the time to live as "365 days", P365D, P12W, P18M or P7Y: one number and one unit.'
TOO_LONG = "A time to live is at most 36525 days, 5217 weeks, 1200 months or 100 years."
EMAIL = "An e-mail address has one @ with something on both sides, no spaces and no control characters."
FILLED_IN = "The service fills this in itself: leave it out."
UNKNOWN = "There is no such member: leave it out, or correct its name. The members are "
MEMBERS = "id, type, targetType, targetId, sourceDomain, datetime, timeToLive, oldData, newData, author, correlationId."
NUL = r"The character \u0000 cannot be stored: leave it out."
SURROGATE = r"A lone surrogate (\ud800 to \udfff) is no character: send the whole pair, or leave it out."

NOT_TEXT: list[Any] = [5, 1.5, True, [], {}, ["update"]]
NO_OBJECT: list[Any] = [5, "text", True, [], [{}]]
DASHED = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
WRONG: dict[str, list[tuple[Any, str]]] = {
    "id": [
        *[(value, UUID) for value in NOT_TEXT],
        *[(text, UUID) for text in ("", "x", DASHED[:-1], DASHED + "\n", f"{{{DASHED}}}", f"urn:uuid:{DASHED}")],
        *[(text, UUID) for text in (DASHED.replace("-", "", 1), " " + DASHED, "５" + DASHED[1:])],
    ],
    "type": [
        *[(value, STRING) for value in [*NOT_TEXT, None]],
        *[("", SHORT), ("x" * 65, "Send at most 64 characters.")],
        *[(text, WORD) for text in ("1a", "-a", "a b", "a/b", "é", "update\n", "aé")],
    ],
    "targetType": [*[(value, STRING) for value in [*NOT_TEXT, None]], ("per son", WORD)],
    "targetId": [
        *[(value, STRING) for value in [*NOT_TEXT, None]],
        *[("", SHORT), ("x" * 256, "Send at most 255 characters.")],
        *[(text, CONTROL) for text in ("a\n", "\ta", "a\u007f", "\u0085")],
    ],
    "sourceDomain": [*[(value, STRING) for value in NOT_TEXT], ("", SHORT), ("x" * 65, "Send at most 64 characters.")],
    "correlationId": [
        *[(value, STRING) for value in NOT_TEXT],
        *[("", SHORT), ("x" * 129, "Send at most 128 characters.")],
    ],
    "datetime": [
        *[(value, STRING) for value in [1613747520, 1613747520.5, True, [], {}, None]],
        *[(text, MOMENT) for text in ("", "2021-02-19", "1613747520", "2021-02-19T15:12", "20210219T151200Z")],
        *[(text, MOMENT) for text in ("2021-02-19T15:12:00,5Z", "2021-02-19T15:12:00.Z", "2021-02-19T15:12:00+0100")],
        *[(text, MOMENT) for text in ("２021-02-19T15:12:00Z", "2021-02-19T15:12:00Z\n", "yesterday")],
        ("2021-02-19T15:12:00.1" + "0" * 99, MOMENT),
        *[(text, NO_SUCH_MOMENT) for text in ("2021-02-30T00:00:00Z", "2021-13-01T00:00:00Z", "2021-02-19T24:00:01Z")],
        *[(text, NO_SUCH_MOMENT) for text in ("2021-02-19T15:60:00Z", "0000-01-01T00:00:00Z", "2021-02-29T00:00:00Z")],
        *[(text, NO_SUCH_MOMENT) for text in ("2021-02-19T15:12:00+24:00", "0001-01-01T00:00:00+01:00")],
        *[("9999-12-31T23:59:59Z", AHEAD), ("1899-12-31T23:59:59.999999Z", "A datetime lies in 1900 or later.")],
    ],
    "timeToLive": [
        *[(value, STRING) for value in [365, 1.5, True, [], {}]],
        *[(text, TIME_TO_LIVE) for text in ("", "0 days", "-1 days", "P1Y6M", "P0D", "P-1D", "PT24H", "P1H", "P1.5Y")],
        *[(text, TIME_TO_LIVE) for text in ("365", "365  days", "days", "1 month", "p1d", "P01D", "P1D ", "forever")],
        *[(text, TOO_LONG) for text in ("P1000Y", "P101Y", "P1201M", "P5218W", "P36526D", "36526 days")],
        ("P1000000D", TIME_TO_LIVE),
    ],
    "oldData": [(value, DOCUMENT) for value in NO_OBJECT],
    "newData": [(value, DOCUMENT) for value in NO_OBJECT],
    "author": [(value, OBJECT) for value in [*NO_OBJECT, None]],
}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [(name, value, sentence) for name, wrong in WRONG.items() for value, sentence in wrong],
    ids=lambda given: repr(given)[:30],
)
def test_a_member_that_is_wrong_is_refused(api: CheckedClient, name: str, value: Any, sentence: str) -> None:
    assert said(api.record({**activity(), name: value})) == invalid((f"#/{name}", sentence))
    assert stored_ids() == set()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        *[("fullName", value, STRING) for value in [*NOT_TEXT, None]],
        *[("fullName", "", SHORT), ("fullName", "x" * 256, "Send at most 255 characters.")],
        *[("id", value, STRING) for value in NOT_TEXT],
        *[("id", "", SHORT), ("id", "x" * 256, "Send at most 255 characters.")],
        *[("email", value, STRING) for value in NOT_TEXT],
        *[("email", text, EMAIL) for text in ("dawit", "@b", "a@", "a@b@c", "a b@c", " ", "a\u0001@b", "a@\u0085")],
        ("email", "a@b\n", EMAIL),
        ("email", "x" * 253 + "@b", "Send at most 254 characters."),
        *[("name", "Dawit", UNKNOWN + "id, fullName, email."), ("recordedAt", "", UNKNOWN + "id, fullName, email.")],
    ],
    ids=lambda given: repr(given)[:30],
)
def test_a_member_of_the_author_that_is_wrong_is_refused(
    api: CheckedClient, name: str, value: Any, sentence: str
) -> None:
    body = activity(author={"fullName": "Dawit Haile", name: value})
    assert said(api.record([activity(), body])) == invalid((f"#/1/author/{name}", sentence))
    assert stored_ids() == set()


def test_an_author_has_at_most_2000_bytes(api: CheckedClient) -> None:
    longest = {"id": "😀" * 240, "fullName": "😀" * 240, "email": "x" * 78 + "@b"}
    assert api.record(activity(author=longest)).json()["author"] == longest
    response = api.record([activity(author={**longest, "email": "x" * 79 + "@b"})])
    assert said(response) == invalid(("#/0/author", "Id, fullName and email have at most 2000 bytes together."))
    assert len(stored_ids()) == 1


@pytest.mark.parametrize("name", ["recordedAt", "expiresAt", "changes", "summary"])
def test_what_the_service_fills_in_is_refused(api: CheckedClient, name: str) -> None:
    assert said(api.record({**activity(), name: None})) == invalid((f"#/{name}", FILLED_IN))
    assert stored_ids() == set()


@pytest.mark.parametrize(
    ("name", "pointer"), [("colour", "colour"), ("TargetId", "TargetId"), ("", ""), ("a/b~c", "a~1b~0c"), ("é", "é")]
)
def test_an_unknown_member_is_named(api: CheckedClient, name: str, pointer: str) -> None:
    assert said(api.record([{**activity(), name: 1}])) == invalid((f"#/0/{pointer}", UNKNOWN + MEMBERS))
    assert stored_ids() == set()


@pytest.mark.parametrize(
    ("member", "text", "pointer", "sentence"),
    [
        ("targetId", r'"\u0000"', "targetId", NUL),
        ("type", r'"\ud83d"', "type", SURROGATE),
        ("correlationId", r'"\udc00"', "correlationId", SURROGATE),
        ("author", r'{"fullName": "\ud83d"}', "author/fullName", SURROGATE),
        ("author", r'{"fullName": "Dawit", "email": "a\u0000@b"}', "author/email", NUL),
        ("datetime", "1e400", "datetime", "A number's exponent lies between -100 and 100: send another as a string."),
        ("timeToLive", "NaN", "timeToLive", "NaN is not JSON: send null, or the word as a string."),
        ("author", "9" * 101, "author", "A number has at most 100 digits: send a longer one as a string."),
    ],
)
def test_text_that_cannot_be_kept_is_refused_in_every_member(
    api: CheckedClient, member: str, text: str, pointer: str, sentence: str
) -> None:
    assert said(post_text(api, text_of(activity(), **{member: text}))) == invalid((f"#/{pointer}", sentence))
    assert stored_ids() == set()


def test_a_day_ahead_is_accepted_and_more_is_not(api: CheckedClient) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=24)
    responses = [
        api.record(activity(datetime=(ahead + timedelta(seconds=seconds)).isoformat())) for seconds in (-60, 60)
    ]
    assert responses[0].status_code == 201
    assert said(responses[1]) == invalid(("#/datetime", AHEAD))


@pytest.mark.parametrize(
    ("days", "time_to_live"), [(3, "2 days"), (10, "P1W"), (70, "P2M"), (800, "P1Y"), (3_000, None)]
)
def test_a_record_that_has_ended_already_is_refused(api: CheckedClient, days: int, time_to_live: str | None) -> None:
    response = api.record([activity(datetime=recent(days=days), timeToLive=time_to_live)])
    [error] = response.json()["errors"]
    assert error["detail"].startswith("The record would already have ended at 20")
    assert error["detail"].endswith("Z: send a later datetime or a longer timeToLive, or leave the record out.")
    assert said(response) == invalid(("#/0/timeToLive", error["detail"]))
    assert stored_ids() == set()


def test_the_longest_time_to_live_is_stored(api: CheckedClient) -> None:
    for longest in ("36525 days", "P5217W", "P1200M", "P100Y"):
        assert api.record(activity(timeToLive=longest)).status_code == 201


def test_all_that_is_wrong_is_told_at_once(api: CheckedClient) -> None:
    body = text_of(activity(), id='"x"', type="5", newData='{"a": NaN}', author='{"id": ""}', colour="1")
    assert said(post_text(api, body)) == invalid(
        ("#/newData/a", "NaN is not JSON: send null, or the word as a string."),
        ("#/id", UUID),
        ("#/type", STRING),
        ("#/author/id", SHORT),
        ("#/author/fullName", REQUIRED),
        ("#/colour", UNKNOWN + MEMBERS),
    )
