from datetime import datetime, timedelta
from uuid import UUID

import pytest

from activities.models import Activity
from tests.api_client import CheckedClient
from tests.shapes import activity, recent

ID = "57687df6-ef16-5fd7-ab69-5048d09ebe5e"
ADDRESS = f"http://localhost/api/v1/activities/{ID}"


def test_created_record_is_answered_as_it_can_be_read(api: CheckedClient) -> None:
    body = activity(id=ID, timeToLive="P12W", correlationId="c-1")
    response = api.record(body)
    created = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == ADDRESS
    stored = Activity.objects.get(id=body["id"])
    assert stored.expires_at == stored.occurred_at + timedelta(days=84)
    assert created == {
        **body,
        "timeToLive": "P84D",
        "recordedAt": created["recordedAt"],
        "expiresAt": created["expiresAt"],
    }
    assert [datetime.fromisoformat(created[name]) for name in ("recordedAt", "expiresAt")] == [
        stored.recorded_at,
        stored.expires_at,
    ]
    read = api.get(response.headers["location"]).json()
    assert read == {
        **created,
        "changes": [{"path": "/surname", "old": "Okafor", "new": "Okafor-Bell"}],
        "summary": "Last name changed from Okafor to Okafor-Bell",
    }


def test_members_stand_in_the_order_of_the_contract(api: CheckedClient) -> None:
    created = api.record(activity()).json()
    assert " ".join(created) == (
        "id type targetType targetId sourceDomain datetime timeToLive oldData newData author correlationId "
        "recordedAt expiresAt"
    )
    assert " ".join(created["author"]) == "id fullName email"


def test_without_id_one_is_made_that_sorts_by_time(api: CheckedClient) -> None:
    assert UUID(api.record(activity()).json()["id"]).version == 7


@pytest.mark.parametrize("absent", [{}, {"id": None, "sourceDomain": None, "timeToLive": None, "correlationId": None}])
def test_what_is_absent_or_null_is_written_as_null(api: CheckedClient, absent: dict[str, None]) -> None:
    body = {
        "type": "reconcile",
        "targetType": "ledger-line.v2",
        "targetId": "TWVoZGlLaW1ha2hlCg==",
        "datetime": recent(),
        "author": {"fullName": "Nightly import"},
        **absent,
    }
    created = api.record(body, x_correlation_id="c-2").json()
    assert created == {
        **body,
        "id": created["id"],
        "sourceDomain": None,
        "timeToLive": None,
        "oldData": None,
        "newData": None,
        "author": {"id": None, "fullName": "Nightly import", "email": None},
        "correlationId": "c-2",
        "recordedAt": created["recordedAt"],
        "expiresAt": created["expiresAt"],
    }
    assert api.get(f"/api/v1/activities/{created['id']}").json() == {
        **created,
        "changes": [],
        "summary": "Reconcile happened to ledger line v 2",
    }


@pytest.mark.parametrize("spelling", [ID.replace("-", ""), ID.upper(), ID.replace("-", "").upper()])
def test_an_id_goes_out_dashed_in_lower_case(api: CheckedClient, spelling: str) -> None:
    response = api.record(activity(id=spelling))
    assert (response.json()["id"], response.headers["location"]) == (ID, ADDRESS)


@pytest.mark.parametrize(
    ("tail", "kept"),
    [
        ("T15:12:00.123456789+01:00", "T14:12:00.123456Z"),
        ("t15:12:00z", "T15:12:00Z"),
        (" 15:12:00", "T15:12:00Z"),
        ("T15:12:00.5", "T15:12:00.5Z"),
    ],
)
def test_a_moment_goes_out_in_utc_cut_to_microseconds(api: CheckedClient, tail: str, kept: str) -> None:
    day = recent(days=3)[:10]
    assert api.record(activity(datetime=day + tail)).json()["datetime"] == day + kept


def test_an_empty_email_is_kept_as_null(api: CheckedClient) -> None:
    author = {"id": None, "fullName": "Dawit Haile", "email": ""}
    assert api.record(activity(author=author)).json()["author"] == {**author, "email": None}


def test_the_members_own_correlation_id_goes_before_that_of_the_request(api: CheckedClient) -> None:
    response = api.record(activity(correlationId="c-1"), x_correlation_id="c-2")
    assert (response.json()["correlationId"], response.headers["x-correlation-id"]) == ("c-1", "c-2")


def test_without_any_correlation_id_the_one_that_was_made_is_kept(api: CheckedClient) -> None:
    response = api.record(activity())
    assert response.json()["correlationId"] == response.headers["x-correlation-id"]


def test_unless_asked_a_record_is_kept_for_seven_years(api: CheckedClient) -> None:
    created = api.record(activity(datetime=recent(days=3)[:10] + "T12:00:00Z")).json()
    happened, ends = (datetime.fromisoformat(created[name]) for name in ("datetime", "expiresAt"))
    assert (ends.year - happened.year, ends.month, ends.hour) == (7, happened.month, 12)


def test_one_with_return_minimal_answers_what_became_of_it(api: CheckedClient) -> None:
    response = api.record(activity(id=ID), prefer="return=minimal")
    assert response.status_code == 201
    assert (response.headers["preference-applied"], response.headers["location"]) == ("return=minimal", ADDRESS)
    assert response.json() == {"created": 1, "existing": 0, "results": [{"id": ID, "status": "created"}]}


def test_one_with_return_representation_is_answered_as_without(api: CheckedClient) -> None:
    plain, asked = api.record(activity(id=ID)), api.record(activity(), prefer="return=representation")
    assert "preference-applied" not in plain.headers
    assert asked.headers["preference-applied"] == "return=representation"
    assert (asked.status_code, list(asked.json())) == (201, list(plain.json()))


def test_lenience_is_for_arrays_only(api: CheckedClient) -> None:
    response = api.record(activity(id=ID), prefer="handling=lenient")
    assert (response.status_code, response.json()["id"]) == (201, ID)
    assert "preference-applied" not in response.headers


@pytest.mark.parametrize("path", ["activities/", "activityhistory", "activityHistory", "activityHistory/"])
def test_every_spelling_of_the_path_records(api: CheckedClient, path: str) -> None:
    response = api.post(f"/api/v1/{path}", json=activity(id=ID))
    assert (response.status_code, response.headers["location"]) == (201, ADDRESS)
    assert api.get(ADDRESS).status_code == 200


@pytest.mark.parametrize("prefer", ['other="a, return=minimal"', 'other="\\", return=minimal", handling=strict'])
def test_preference_within_quotes_is_none(api: CheckedClient, prefer: str) -> None:
    response = api.record(activity(), Prefer=prefer)
    assert "preference-applied" not in response.headers
    assert response.json()["type"] == "update"
