from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.access import READ
from activities.new_activities import AuthorSnapshot
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity, recent
from tests.stored import let_expire, stored

PATH = "/api/v1/activityhistory"
SPELLINGS = [PATH, "/api/v1/activityHistory", f"{PATH}/", "/api/v1/activityHistory/"]
OCCURRED = datetime.now(UTC).replace(microsecond=640455) - timedelta(days=3)


def ids(api: CheckedClient, **parameters: Any) -> list[UUID]:
    return [UUID(record["id"]) for record in api.get(PATH, params=parameters).json()["results"]]


@pytest.mark.parametrize("path", SPELLINGS)
def test_page_is_answered_exactly_as_its_readers_know_it(api: CheckedClient, path: str) -> None:
    id = stored(
        target_id="t-1",
        occurred_at=OCCURRED,
        expires_at=OCCURRED + timedelta(days=365),
        old_data=None,
        author=AuthorSnapshot(None, "Ruta Haile", None),
    )
    response = api.get(path, params={"targetId": "t-1"})
    assert response.status_code == 200
    created_at = f"{OCCURRED:%Y-%m-%dT%H:%M:%S}.640455Z"
    assert response.text == (
        f'{{"results":[{{"id":"{id}","targetId":"t-1","type":"update","targetType":"person","createdAt":"{created_at}",'
        '"timetoLiveForRecord":365,"oldData":null,"newData":{"surname": "Okafor-Bell"},'
        '"authorDetails":{"id":null,"fullName":"Ruta Haile","email":null},"sourceDomain":"Person"}],'
        '"paginationDetails":{"nextToken":null}}'
    )


@pytest.mark.parametrize("path", SPELLINGS)
def test_post_is_the_same_as_on_activities(api: CheckedClient, path: str) -> None:
    body = activity(targetId="t-1")
    created = api.post(path, json=body)
    assert created.status_code == 201
    record = created.json()
    assert created.headers["location"] == f"http://localhost/api/v1/activities/{record['id']}"
    assert api.get(created.headers["location"]).json() == {
        **record,
        "changes": [{"path": "/surname", "old": "Okafor", "new": "Okafor-Bell"}],
        "summary": "Last name changed from Okafor to Okafor-Bell",
    }
    assert ids(api, targetId="t-1") == [UUID(record["id"])]


def test_page_holds_ten_unless_told(api: CheckedClient) -> None:
    for _ in range(12):
        stored(target_id="t-1")
    assert len(ids(api, targetId="t-1")) == 10
    assert len(ids(api, targetId="t-1", pageSize="500")) == 12


def test_pages_are_walked_by_token_alone(api: CheckedClient) -> None:
    expected = [stored(target_id="t-1", occurred_at=OCCURRED - timedelta(hours=n)) for n in range(12)]
    seen: list[UUID] = []
    parameters: dict[str, Any] = {"pageSize": 5, "targetId": "t-1"}
    sizes = []
    while True:
        page = api.get(PATH, params=parameters).json()
        seen += [UUID(record["id"]) for record in page["results"]]
        sizes.append(len(page["results"]))
        if page["paginationDetails"]["nextToken"] is None:
            break
        parameters["paginationToken"] = page["paginationDetails"]["nextToken"]
    assert (seen, sizes) == (expected, [5, 5, 2])


def test_unknown_parameters_are_passed_over(api: CheckedClient) -> None:
    id = stored(target_id="t-1")
    unknown = {"type": "end", "include": "nonsense", "format": "xml", "_": "1700000000", "sort": ["a", "b"]}
    assert ids(api, targetId="t-1", **unknown) == [id]


def test_names_of_parameters_are_matched_without_regard_to_case(api: CheckedClient) -> None:
    id = stored(target_id="t-1")
    assert ids(api, TargetID="t-1", pagesize="1") == [id]


@pytest.mark.parametrize(
    ("kept", "days"),
    [
        (timedelta(days=365), 365),
        (timedelta(days=7) - timedelta(microseconds=1), 6),
        (timedelta(days=4) + timedelta(hours=23), 4),
        (timedelta(days=36_525), 36_525),
        (None, 0),
    ],
)
def test_time_to_live_is_in_whole_days(api: CheckedClient, kept: timedelta | None, days: int) -> None:
    stored(target_id="t-1", occurred_at=OCCURRED, expires_at=kept and OCCURRED + kept)
    record = api.get(PATH, params={"targetId": "t-1"}).json()["results"][0]
    assert record["timetoLiveForRecord"] == days


def test_time_to_live_is_at_least_one_day(api: CheckedClient) -> None:
    now = datetime.now(UTC)
    stored(target_id="t-1", occurred_at=now - timedelta(hours=1), expires_at=now + timedelta(hours=1))
    record = api.get(PATH, params={"targetId": "t-1"}).json()["results"][0]
    assert record["timetoLiveForRecord"] == 1


def test_a_time_without_microseconds_is_a_time_all_the_same(api: CheckedClient) -> None:
    moment = recent()
    api.record(activity(targetId="t-1", datetime=moment))
    assert api.get(PATH, params={"targetId": "t-1"}).json()["results"][0]["createdAt"] == moment


@pytest.mark.parametrize("target_id", ["t-unknown", 'with "quotes" and é', "t-expired", "t-forbidden"])
def test_without_a_record_the_answer_is_the_target_id(db: None, target_id: str) -> None:
    let_expire(stored(target_id="t-expired"))
    stored(target_id="t-forbidden")
    restricted = CheckedClient(token(READ, target_ids=["t-unknown", 'with "quotes" and é', "t-expired"]))
    response = restricted.get(PATH, params={"targetId": target_id})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/json"
    assert response.json() == target_id


def test_a_continuation_whose_records_have_gone_is_answered_with_the_target_id(api: CheckedClient) -> None:
    rows = [stored(target_id="t-1") for _ in range(2)]
    page = api.get(PATH, params={"targetId": "t-1", "pageSize": 1}).json()
    let_expire(*rows)
    parameters = {"targetId": "t-1", "paginationToken": page["paginationDetails"]["nextToken"]}
    response = api.get(PATH, params=parameters)
    assert (response.status_code, response.json()) == (404, "t-1")


@pytest.mark.parametrize("target_ids", [[], ["t-1", "t-2"]])
def test_one_target_is_needed_also_of_those_who_may_search(api: CheckedClient, target_ids: list[str]) -> None:
    stored(target_id="t-1")
    response = api.get(PATH, params={"targetId": target_ids})
    assert said(response) == problem(
        "invalid-parameters", "Send one targetId.", ("targetId", "Send one targetId."), instance=PATH
    )


@pytest.mark.parametrize("size", ["0", "-1", "1001", "x", ""])
def test_page_size_that_cannot_be_is_refused(api: CheckedClient, size: str) -> None:
    response = api.get(PATH, params={"targetId": "t-1", "pageSize": size})
    detail = "Send a whole number from 1 to 1000."
    assert said(response) == problem("invalid-parameters", f"pageSize: {detail}", ("pageSize", detail), instance=PATH)


def test_one_statement_is_run(api: CheckedClient) -> None:
    stored(target_id="t-1")
    timing = api.get(PATH, params={"targetId": "t-1"}).headers["server-timing"]
    assert timing.count("db;dur=") == 1
    assert timing.endswith(';desc="activities_about_target"')
