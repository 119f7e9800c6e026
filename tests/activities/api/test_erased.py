"""What was erased, on the wire."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from activities import erasure
from activities.access import READ, WRITE
from activities.models import Author
from tests.acting import acting_as
from tests.api_client import CheckedClient, token
from tests.shapes import activity

MARKER = {"erased": True}


@acting_as("retention")
def erase(target_id: str) -> None:
    now = datetime.now(UTC)
    for asked in (
        erasure.ask_for_target(target_id, reason="x", by="y", now=now),
        erasure.ask_for_author([Author.objects.get().pk], reason="x", by="y", now=now),
    ):
        assert erasure.carry_out(asked, now=now).refused is None


def test_an_erased_record_is_read_with_the_marker_in_the_place_of_its_words(api: CheckedClient) -> None:
    created = api.record(activity(targetId="t-1")).json()
    erase("t-1")
    [read] = api.about("t-1", include="changes").json()["results"]
    assert read == {
        **created,
        "oldData": MARKER,
        "newData": MARKER,
        "author": {"id": None, "fullName": "erased", "email": None},
        "changes": [],
    }


def test_sent_again_it_exists_and_is_shown_as_it_is_now(api: CheckedClient) -> None:
    body = activity(id=str(uuid4()), targetId="t-1")
    api.record(body)
    erase("t-1")
    again = api.record(body)
    assert (again.status_code, again.json()["newData"]) == (200, MARKER)
    assert Author.objects.get().full_name == "erased"


def test_another_record_under_its_id_exists_and_tells_nothing_of_the_erased_one(api: CheckedClient) -> None:
    id = str(uuid4())
    api.record(activity(id=id, targetId="t-1", sourceDomain="Finance"))
    erase("t-1")
    other: dict[str, Any] = activity(id=id, targetId="t-2", sourceDomain="Repairs")
    writer = CheckedClient(token(WRITE, READ, source_domains=["Repairs"]))
    counted = {"created": 0, "existing": 1, "results": [{"id": id, "status": "existing"}]}
    for answer in (
        writer.record(other),
        writer.record([other]),
        writer.record([other], prefer="return=representation"),
    ):
        assert (answer.status_code, answer.json()) == (200, counted)
