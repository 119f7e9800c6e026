from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from activities.access import READ
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import let_expire, stored

ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
HIDDEN = "There is no such activity, or this token may not read it: check the id."


def test_record_is_given_with_its_changes(api: CheckedClient) -> None:
    body = activity(id=ID, timeToLive="365 days", correlationId="c-1")
    created = api.record(body).json()
    response = api.get(f"/api/v1/activities/{ID}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {
        **body,
        "timeToLive": "P365D",
        "recordedAt": created["recordedAt"],
        "expiresAt": created["expiresAt"],
        "changes": [{"path": "/surname", "old": "Okafor", "new": "Okafor-Bell"}],
        "summary": "Last name changed from Okafor to Okafor-Bell",
    }


def test_members_stand_in_the_order_of_the_contract(api: CheckedClient) -> None:
    id = stored()
    members = " ".join(api.get(f"/api/v1/activities/{id}").json())
    assert members == (
        "id type targetType targetId sourceDomain datetime timeToLive oldData newData author correlationId "
        "recordedAt expiresAt changes summary"
    )


def test_nulls_are_written_where_nothing_was_sent(api: CheckedClient) -> None:
    id = stored(
        source_domain=None, old_data=None, new_data=None, correlation_id=None, expires_at=None, time_to_live=None
    )
    record = api.get(f"/api/v1/activities/{id}").json()
    nulls = [name for name, value in record.items() if value is None]
    assert nulls == ["sourceDomain", "timeToLive", "oldData", "newData", "correlationId", "expiresAt"]
    assert record["changes"] == []


def test_numbers_come_back_to_the_last_digit(api: CheckedClient) -> None:
    id = stored(old_data=b'{"rent": 1.10}', new_data=b'{"rent": 12345678901234567.89}')
    text = api.get(f"/api/v1/activities/{id}").text
    assert '"oldData":{"rent": 1.10},"newData":{"rent": 12345678901234567.89}' in text
    assert '"changes":[{"path":"/rent","old":1.10,"new":12345678901234567.89}]' in text


@pytest.mark.parametrize("spelling", [ID.replace("-", ""), ID.upper(), ID.replace("-", "").upper(), f"{ID}/"])
def test_id_may_be_spelled_without_dashes_or_in_capitals(api: CheckedClient, spelling: str) -> None:
    stored(id=UUID(ID))
    response = api.get(f"/api/v1/activities/{spelling}")
    assert (response.status_code, response.json()["id"]) == (200, ID)


@pytest.mark.parametrize("id", [f"{{{ID}}}", f"urn:uuid:{ID}", ID[:-1], f"{ID}0", ID.replace("-", "", 1), "x"])
def test_what_is_no_id_is_no_path(api: CheckedClient, id: str) -> None:
    stored(id=UUID(ID))
    response = api.get(f"/api/v1/activities/{id}")
    instance = quote(f"/api/v1/activities/{id}", safe="/:")
    assert said(response) == problem(
        "not-found",
        "There is no such path: they are listed under /api/docs/, and an id is a UUID.",
        instance=instance,
    )


def test_unknown_expired_and_forbidden_are_answered_alike(api: CheckedClient) -> None:
    of_other_target, of_other_domain, expired = stored(), stored(target_id="t-1", source_domain="Finance"), stored()
    let_expire(expired)
    restricted = CheckedClient(token(READ, target_ids=["t-1"], source_domains=["Person"]))
    answers = {
        id: said(reader.get(f"/api/v1/activities/{id}"))
        for reader, id in [
            (api, uuid4()),
            (api, expired),
            (restricted, of_other_target),
            (restricted, of_other_domain),
        ]
    }
    assert answers == {id: problem("not-found", HIDDEN, instance=f"/api/v1/activities/{id}") for id in answers}


def test_one_statement_is_run(api: CheckedClient) -> None:
    id = stored()
    timing = api.get(f"/api/v1/activities/{id}").headers["server-timing"]
    assert timing.count("db;dur=") == 1
    assert timing.endswith(';desc="activity_by_id"')
