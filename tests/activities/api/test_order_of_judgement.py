"""What is judged first, where several things are wrong; each rung of the ladder has all faults of those below."""

from typing import Any

import pytest

from tests.activities.api.posts import FIRST, post_text, stored_ids
from tests.api_client import CheckedClient
from tests.refusals import PATH
from tests.shapes import activity

LARGE = 5 * 1024 * 1024 + 1


def kind(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["type"].rsplit("/", 1)[1]


@pytest.fixture
def finance(api_of_finance: CheckedClient) -> CheckedClient:
    """Has stored one activity with an id of its own, and one whose id comes from the key."""
    stored = [activity(id=FIRST, sourceDomain="Finance"), activity(sourceDomain="Finance")]
    assert api_of_finance.record(stored, idempotency_key="key").status_code == 201
    return api_of_finance


def test_the_token_is_judged_first(db: None) -> None:
    assert kind(CheckedClient().post(PATH, content=iter([b"{"]))) == (401, "unauthenticated")


def test_content_type_goes_before_length(finance: CheckedClient) -> None:
    response = finance.post(PATH, content=iter([b"{" * LARGE]), headers={"Content-Type": "text/plain"})
    assert kind(response) == (415, "unsupported-media-type")


def test_length_goes_before_size(finance: CheckedClient) -> None:
    response = finance.post(PATH, content=iter([b"{" * LARGE]), headers={"Content-Type": "application/json"})
    assert kind(response) == (411, "length-required")


def test_size_goes_before_syntax(finance: CheckedClient) -> None:
    assert kind(post_text(finance, b"{" * LARGE, idempotency_key="key")) == (413, "body-too-large")


def test_syntax_goes_before_shapes(finance: CheckedClient) -> None:
    assert kind(post_text(finance, b'[{"type": 5}, {]', idempotency_key="key")) == (400, "malformed-json")


def conflicts() -> list[dict[str, Any]]:
    return [activity(id=FIRST, sourceDomain="Finance", type="end"), activity(sourceDomain="Finance", type="end")]


@pytest.mark.parametrize(
    "wrong",
    [{"colour": 1}, {"type": 5}, {"newData": 5}, {"timeToLive": "P1000Y"}, {"id": FIRST}],
    ids=lambda wrong: str(*wrong),
)
def test_shapes_go_before_domains(finance: CheckedClient, wrong: dict[str, Any]) -> None:
    body = [*conflicts(), activity(sourceDomain="Tenure"), {**activity(sourceDomain="Finance"), **wrong}]
    assert kind(finance.record(body, idempotency_key="key")) == (400, "invalid-activities")


def test_domains_go_before_conflicts(finance: CheckedClient) -> None:
    body = [*conflicts(), activity(id=FIRST.replace("1", "2"), sourceDomain="Tenure")]
    before = stored_ids()
    assert kind(finance.record(body, idempotency_key="key")) == (403, "domain-not-allowed")
    assert stored_ids() == before


def test_conflicts_come_last(finance: CheckedClient) -> None:
    before = stored_ids()
    assert kind(finance.record(conflicts(), idempotency_key="key")) == (409, "activity-conflict")
    body = [activity(sourceDomain="Finance"), conflicts()[1]]
    assert kind(finance.record(body, idempotency_key="key")) == (422, "idempotency-key-reused")
    assert stored_ids() == before
