"""A large array is stored while it is read; what turns out wrong on the way is told as ever, and nothing is stored."""

from typing import Any

import pytest

from activities.access import WRITE
from activities.models import Activity, Author
from tests.activities.api.posts import LENIENT, invalid
from tests.api_client import CheckedClient, token
from tests.refusals import said
from tests.shapes import activity

FUTURE = "2999-01-01T00:00:00Z"
AHEAD = "A datetime lies at most 24 hours ahead of now."


def many(**wrong: Any) -> list[dict[str, Any]]:
    return [activity() for _ in range(420)] + [activity(**wrong)] + [activity() for _ in range(79)]


def test_all_of_it_is_stored(api: CheckedClient) -> None:
    sent = many()
    response = api.record(sent)
    assert (response.status_code, response.json()["created"]) == (201, 500)
    assert Activity.objects.count() == 500
    again = api.record(
        [{**each, "id": result["id"]} for each, result in zip(sent, response.json()["results"], strict=True)]
    )
    assert (again.status_code, again.json()["existing"]) == (200, 500)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"datetime": FUTURE}, ("#/420/datetime", AHEAD)),
        ({"newData": []}, ("#/420/newData", "Send an object, or null.")),
    ],
)
def test_one_that_is_wrong_is_told_and_nothing_is_stored(
    api: CheckedClient, wrong: dict[str, Any], error: tuple[str, str]
) -> None:
    assert said(api.record(many(**wrong))) == invalid(error)
    assert (Activity.objects.count(), Author.objects.count()) == (0, 0)


def test_leniently_the_others_are_stored(api: CheckedClient) -> None:
    response = api.record(many(datetime=FUTURE), **LENIENT)
    statuses = [result["status"] for result in response.json()["results"]]
    assert (statuses.count("created"), statuses.index("rejected")) == (499, 420)
    assert Activity.objects.count() == 499


def test_domains_are_judged_before_anything_is_stored(db: None) -> None:
    api = CheckedClient(token(WRITE, source_domains=["Person"]))
    response = api.record(many(sourceDomain="Finance"))
    assert response.status_code == 403
    assert [error["pointer"] for error in response.json()["errors"]] == ["#/420/sourceDomain"]
    assert Activity.objects.count() == 0
    # Shapes come first.
    assert api.record(many(sourceDomain="Finance", datetime=FUTURE)).status_code == 400


def test_a_key_makes_the_same_ids_again_also_when_it_is_read_twice(api: CheckedClient) -> None:
    first = api.record(many(), idempotency_key="k-1").json()
    assert said(api.record(many(datetime=FUTURE), idempotency_key="k-2")) == invalid(("#/420/datetime", AHEAD))
    second = api.record(many(), idempotency_key="k-2").json()
    assert len({result["id"] for result in first["results"] + second["results"]}) == 1000
    assert api.record(many(), idempotency_key="k-2").status_code == 422
