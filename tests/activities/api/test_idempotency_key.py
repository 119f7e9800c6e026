from typing import Any
from uuid import UUID

import pytest

from activities.access import READ, WRITE
from tests.activities.api.posts import FIRST, LENIENT, invalid, refused, stored_ids
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity

KEY = "b6c7-nightly 2"
REUSED = "This Idempotency-Key was used with other content here: use a new key for a new request."
CONFLICT = "This id is stored with other content: send the same content again, or use a new id."


def ids_of(response: Any) -> list[str]:
    return [result["id"] for result in response.json()["results"]]


def test_ids_made_from_the_key_are_the_same_for_ever(api: CheckedClient) -> None:
    response = api.record([activity(), activity()], idempotency_key=KEY)
    # Written down: another derivation would store what is sent again a second time.
    assert ids_of(response) == ["9ef4d97f-7a16-85fd-96ec-0224329a83b7", "bba84714-fa4c-8a64-a75e-98cfddc0d0d0"]
    assert {UUID(id).version for id in ids_of(response)} == {8}


def test_repeating_with_the_key_stores_nothing_twice(api: CheckedClient) -> None:
    body = [activity(), activity(id=FIRST), activity()]
    first, again = api.record(body, idempotency_key=KEY), api.record(body, idempotency_key=KEY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert ids_of(again) == ids_of(first)
    assert ids_of(first)[1] == FIRST
    assert stored_ids() == set(ids_of(first))


def test_one_is_repeated_by_its_key(api: CheckedClient) -> None:
    body = activity()
    first, again = api.record(body, idempotency_key=KEY), api.record(body, idempotency_key=KEY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_an_array_may_go_on_under_the_key_that_one_began(api: CheckedClient) -> None:
    body = activity()
    one = api.record(body, idempotency_key=KEY).json()
    many = api.record([body, activity()], idempotency_key=KEY).json()
    assert (many["created"], many["results"][0]) == (1, {"id": one["id"], "status": "existing"})


def test_another_client_or_key_makes_other_ids(api: CheckedClient) -> None:
    other = CheckedClient(token(READ, WRITE, client="other"))
    ids = {api.record(activity(), idempotency_key=key).json()["id"] for key in ("1", "2", "01")}
    ids.add(other.record(activity(), idempotency_key="1").json()["id"])
    assert len(ids) == 4


def test_a_key_that_came_with_other_content_is_refused(api: CheckedClient) -> None:
    body = [activity(), activity()]
    stored = ids_of(api.record(body, idempotency_key=KEY))
    response = api.record([body[0], {**body[1], "type": "end"}, activity()], idempotency_key=KEY)
    assert response.status_code == 422
    detail = f"{REUSED} Nothing was stored."
    assert said(response) == refused("idempotency-key-reused", detail, ("#/1/id", REUSED))
    assert stored_ids() == set(stored)


def test_beside_an_ids_own_conflict_each_is_told_its_cure(api: CheckedClient) -> None:
    body = [activity(id=FIRST), activity()]
    api.record(body, idempotency_key=KEY)
    response = api.record([{**each, "type": "end"} for each in body], idempotency_key=KEY)
    assert response.status_code == 409
    detail = f"{CONFLICT} Nothing was stored."
    assert said(response) == refused("activity-conflict", detail, ("#/0/id", CONFLICT), ("#/1/id", REUSED))


def test_when_lenient_a_reused_key_rejects_its_items(api: CheckedClient) -> None:
    body = [activity(), activity()]
    ids = ids_of(api.record(body, idempotency_key=KEY))
    response = api.record([body[0], {**body[1], "type": "end"}], idempotency_key=KEY, **LENIENT)
    assert response.json()["results"] == [
        {"id": ids[0], "status": "existing"},
        {"id": ids[1], "status": "rejected", "errors": [{"pointer": "#/1/id", "detail": REUSED}]},
    ]


def test_an_id_that_is_the_keys_own_is_one_id_twice(api: CheckedClient) -> None:
    derived = api.record(activity(), idempotency_key=KEY).json()["id"]
    response = api.record([activity(), activity(id=derived)], idempotency_key=KEY)
    assert said(response) == invalid(("#/1/id", "This id stands in the array before: leave one of the two out."))


@pytest.mark.parametrize("key", ["k", "k" * 255, " ~", '"quoted"'])
def test_a_key_is_any_printable_text(api: CheckedClient, key: str) -> None:
    assert api.record(activity(), idempotency_key=key).status_code == 201


@pytest.mark.parametrize("key", ["", "k" * 256, "k\t", "k\x7f"])
def test_other_keys_are_refused(api: CheckedClient, key: str) -> None:
    response = api.post("/api/v1/activities", json=activity(), headers={"Idempotency-Key": key})
    detail = "An Idempotency-Key has 1 to 255 printable ASCII characters."
    assert said(response) == problem("invalid-parameters", detail, ("Idempotency-Key", detail))
    assert stored_ids() == set()
