"""Nothing is stored of what is refused, its author's row included."""

from typing import Any

from activities.models import Activity, Author
from tests.acting import acting_as
from tests.api_client import CheckedClient
from tests.shapes import activity

FIRST, SECOND = "57687df6-ef16-5fd7-ab69-5048d09ebe5e", "57687df6-ef16-5fd7-ab69-5048d09ebe5f"


def by(name: str, **members: Any) -> dict[str, Any]:
    return activity(author={"fullName": name}, **members)


def names() -> set[str]:
    return set(Author.objects.values_list("full_name", flat=True))


def test_a_conflict_leaves_no_author(api: CheckedClient) -> None:
    api.record(by("Ana", id=FIRST))
    assert api.record(by("Ben", id=FIRST)).status_code == 409
    assert api.record([by("Cleo"), by("Dora", id=FIRST)]).status_code == 409
    assert names() == {"Ana"}


def test_a_key_that_is_used_again_leaves_no_author(api: CheckedClient) -> None:
    api.record(by("Ana"), idempotency_key="k-1")
    assert api.record(by("Ben"), idempotency_key="k-1").status_code == 422
    assert names() == {"Ana"}


def test_what_is_rejected_leniently_leaves_no_author_and_the_rest_is_stored(api: CheckedClient) -> None:
    api.record(by("Ana", id=FIRST))
    sent = [by("Ben", id=FIRST), by("Cleo", id=SECOND), by("Ana", id=FIRST) | {"type": "end"}]
    response = api.record(sent[:2], prefer="handling=lenient")
    assert [result["status"] for result in response.json()["results"]] == ["rejected", "created"]
    assert names() == {"Ana", "Cleo"}
    assert Activity.objects.count() == 2


def test_when_all_is_rejected_leniently_no_author_is_left(api: CheckedClient) -> None:
    api.record(by("Ana", id=FIRST))
    response = api.record([by("Ben", id=FIRST)], prefer="handling=lenient")
    assert [result["status"] for result in response.json()["results"]] == ["rejected"]
    assert names() == {"Ana"}


def test_an_author_whose_name_was_erased_is_stored_anew_for_what_comes_later(api: CheckedClient) -> None:
    api.record(by("Ana", id=FIRST))
    with acting_as("retention"):
        Author.objects.update(full_name="erased")
    assert api.record(by("Ana", id=SECOND)).status_code == 201
    assert dict(Activity.objects.values_list("author__full_name", "id")).keys() == {"erased", "Ana"}
    assert api.get(f"/api/v1/activities/{SECOND}").json()["author"]["fullName"] == "Ana"
