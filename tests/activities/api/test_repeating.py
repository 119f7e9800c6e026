from datetime import datetime, timedelta
from typing import Any

import pytest

from activities.access import WRITE
from tests.activities.api.posts import FIRST, SECOND, THIRD, post_text, refused, stored_ids, text_of
from tests.api_client import CheckedClient, token
from tests.refusals import said
from tests.shapes import activity, recent

CONFLICT = "This id is stored with other content: send the same content again, or use a new id."
AUTHOR = {"id": "a-1", "fullName": "Dawit Haile", "email": "dawit@council.example"}


def conflict(*indexes: int) -> Any:
    errors = [(f"#/{index}/id", CONFLICT) for index in indexes]
    return refused("activity-conflict", f"{CONFLICT} Nothing was stored.", *errors)


def test_the_same_again_is_answered_with_the_record_as_stored(api: CheckedClient) -> None:
    body = activity(id=FIRST, timeToLive="P7Y", correlationId="c-1")
    first, again = api.record(body), api.record(body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]


def test_the_same_again_is_counted_with_return_minimal(api: CheckedClient) -> None:
    api.record(activity(id=FIRST, targetId="t-1"))
    again = api.record(activity(id=FIRST, targetId="t-1"), prefer="return=minimal")
    assert again.json() == {"created": 0, "existing": 1, "results": [{"id": FIRST, "status": "existing"}]}


@pytest.mark.parametrize(
    "spelt",
    [
        {"id": FIRST.replace("-", "")},
        {"timeToLive": "365 days"},
        {"timeToLive": "P365D"},
        {"author": {**AUTHOR, "email": ""}},
        {"author": {"fullName": "Dawit Haile", "id": "a-1"}},
        {"correlationId": "c-2"},
        {"correlationId": None},
    ],
    ids=str,
)
def test_another_spelling_is_the_same(api: CheckedClient, spelt: dict[str, Any]) -> None:
    body = activity(id=FIRST, targetId="t-1", timeToLive="P365D", correlationId="c-1", author={**AUTHOR, "email": None})
    first, again = api.record(body), api.record(body | spelt)
    assert (again.status_code, again.json()) == (200, first.json())


def test_the_same_moment_in_another_zone_is_the_same(api: CheckedClient) -> None:
    body = activity(id=FIRST)
    ahead = datetime.fromisoformat(body["datetime"]) + timedelta(hours=2)
    again = {**body, "datetime": ahead.strftime("%Y-%m-%d %H:%M:%S.0000009+02:00")}
    assert [api.record(each).status_code for each in (body, again)] == [201, 200]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ('{"a": 1.10}', '{"a": 1.1}'),
        ('{"a": 1e2}', '{"a": 100.0}'),
        ('{"a": -0}', '{"a": 0}'),
        ('{"a": 1, "b": [{"c": null, "d": 2}]}', '{"b":[{"d":2,"c":null}],"a":1}'),
        ('{"a": "\\u00e9\\ud83d\\ude00"}', '{"a": "é😀"}'),
        ('{"a": 1, "a": 2}', '{"a": 2}'),
    ],
)
def test_data_of_the_same_value_is_the_same(api: CheckedClient, first: str, again: str) -> None:
    body = activity(id=FIRST)
    answers = [post_text(api, text_of(body, newData=data)) for data in (first, again)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json() == answers[0].json()


def test_another_client_may_send_the_same(api: CheckedClient) -> None:
    body = activity(id=FIRST)
    first = api.record(body)
    again = CheckedClient(token(WRITE, client="another")).record(body)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    "other",
    [
        {"type": "Update"},
        {"targetType": "tenure"},
        {"targetId": "T-1"},
        {"sourceDomain": None},
        {"sourceDomain": "Finance"},
        {"timeToLive": None},
        {"timeToLive": "P1Y"},
        {"oldData": None},
        {"oldData": {}},
        {"oldData": {"surname": None}},
        {"newData": {"surname": ["Okafor-Bell"]}},
        {"author": {**AUTHOR, "id": None}},
        {"author": {**AUTHOR, "fullName": "dawit haile"}},
        {"author": {**AUTHOR, "email": None}},
    ],
    ids=str,
)
def test_an_id_with_other_content_is_a_conflict(api: CheckedClient, other: dict[str, Any]) -> None:
    body = activity(id=FIRST, targetId="t-1", timeToLive="P365D", author=AUTHOR)
    first = api.record(body).json()
    response = api.record(body | other)
    detail = f"{CONFLICT} Nothing was stored."
    assert said(response) == refused("activity-conflict", detail, ("#/id", CONFLICT))
    assert api.get(f"/api/v1/activities/{FIRST}").json() == {
        **first,
        "changes": [{"path": "/surname", "old": "Okafor", "new": "Okafor-Bell"}],
        "summary": "Last name changed from Okafor to Okafor-Bell",
    }


def test_another_moment_is_a_conflict(api: CheckedClient) -> None:
    body = activity(id=FIRST, datetime=recent())
    later = body["datetime"].replace("Z", ".000001Z")
    assert [api.record(each).status_code for each in (body, {**body, "datetime": later})] == [201, 409]


def test_conflicts_in_an_array_are_named_by_index_and_nothing_is_stored(api: CheckedClient) -> None:
    first, second = activity(id=FIRST), activity(id=SECOND)
    api.record([first, second])
    response = api.record([activity(), {**first, "type": "end"}, activity(id=THIRD), {**second, "oldData": {}}])
    assert said(response) == conflict(1, 3)
    assert stored_ids() == {FIRST, SECOND}


def test_all_of_very_many_conflicts_are_named(api: CheckedClient) -> None:
    body = [activity(id=f"00000000-0000-4000-8000-{number:012}") for number in range(150)]
    api.record(body)
    assert said(api.record([{**each, "type": "end"} for each in body])) == conflict(*range(150))
