from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from activities.access import READ
from activities.new_activities import AuthorSnapshot
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity, recent
from tests.stored import let_expire, stored

NO_ACTIVITIES = "None of these targets has an activity to show: check the target ids."


def found(api: CheckedClient, *target_ids: str, **parameters: Any) -> set[UUID]:
    records = api.about(*target_ids, **parameters).json()["results"]
    assert len({record["id"] for record in records}) == len(records)
    return {UUID(record["id"]) for record in records}


def test_page_holds_records_newest_first_without_their_changes(api: CheckedClient) -> None:
    old, new = (activity(targetId="t-1", datetime=recent(days=days), correlationId="c-1") for days in (2, 1))
    for body in (old, new):
        body |= {key: value for key, value in api.record(body).json().items() if key not in body}
    stored(target_id="t-2")
    response = api.about("t-1")
    assert response.status_code == 200
    assert response.json() == {"results": [new, old], "paginationDetails": {"nextToken": None, "next": None}}
    assert "link" not in response.headers


def test_changes_are_included_when_asked_for(api: CheckedClient) -> None:
    api.record(activity(targetId="t-1"))
    record = api.about("t-1", include="changes").json()["results"][0]
    assert record["changes"] == [{"path": "/surname", "old": "Okafor", "new": "Okafor-Bell"}]


def test_next_page_is_named_in_body_and_link(api: CheckedClient) -> None:
    for _ in range(3):
        stored(target_id="t-1")
    response = api.about("t-1", pageSize=2, type=["update", "a,b"], include="changes")
    page = response.json()["paginationDetails"]
    assert response.headers["link"] == f'<{page["next"]}>; rel="next"'
    assert parse_qsl(urlsplit(page["next"]).query) == [
        ("targetId", "t-1"),
        ("type", "update"),
        ("type", "a,b"),
        ("pageSize", "2"),
        ("paginationToken", page["nextToken"]),
        ("include", "changes"),
    ]
    last = api.get(page["next"])
    assert len(last.json()["results"]) == 1
    assert last.json()["paginationDetails"] == {"nextToken": None, "next": None}
    assert "link" not in last.headers


def test_page_that_is_exactly_full_is_the_last(api: CheckedClient) -> None:
    for _ in range(2):
        stored(target_id="t-1")
    response = api.about("t-1", pageSize=2)
    assert len(response.json()["results"]) == 2
    assert response.json()["paginationDetails"] == {"nextToken": None, "next": None}


def test_page_holds_twenty_unless_told(api: CheckedClient) -> None:
    for _ in range(21):
        stored(target_id="t-1")
    assert len(found(api, "t-1")) == 20


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("targetType", "target_type", ["person", "tenure", "Person"]),
        ("type", "type", ["update", "end", "Update"]),
        ("sourceDomain", "source_domain", ["Finance", "Rents, and more", "finance"]),
        ("correlationId", "correlation_id", ["c-1", "c-1,c-2", "C-1"]),
    ],
)
def test_filter_is_exact_and_may_be_repeated(api: CheckedClient, name: str, column: str, values: list[str]) -> None:
    ids = [stored(**{"target_id": "t-1", column: value}) for value in values]
    for id, value in zip(ids, values, strict=True):
        assert found(api, "t-1", **{name: value}) == {id}
    assert found(api, "t-1", **{name: values[:2]}) == set(ids[:2])
    assert found(api, "t-1", **{name: ",".join(values)}) == set()


def test_filter_by_author_is_by_the_authors_id(api: CheckedClient) -> None:
    ids = [
        stored(target_id="t-1", author=AuthorSnapshot(identifier, "Ruta Haile", None))
        for identifier in ("a-1", "a-1,a-2", None)
    ]
    assert found(api, "t-1", authorId="a-1") == {ids[0]}
    assert found(api, "t-1", authorId=["a-1", "a-1,a-2"]) == set(ids[:2])


def test_filters_narrow_together(api: CheckedClient) -> None:
    both = stored(target_id="t-1", type="end", target_type="tenure")
    stored(target_id="t-1", type="end")
    stored(target_id="t-1", target_type="tenure")
    assert found(api, "t-1", type="end", targetType="tenure") == {both}


def test_several_targets_are_one_history(api: CheckedClient) -> None:
    moments = [datetime.now(UTC) - timedelta(hours=hours) for hours in range(1, 7)]
    ids = [stored(target_id=f"t-{n % 3}", occurred_at=moment) for n, moment in enumerate(moments)]
    page = api.about("t-0", "t-1", "t-2", "t-0", "t-unknown").json()
    assert [UUID(record["id"]) for record in page["results"]] == ids
    assert found(api, "t-0", "t-2") == {ids[0], ids[2], ids[3], ids[5]}


def test_target_ids_are_compared_byte_for_byte(api: CheckedClient) -> None:
    id = stored(target_id="TWVoZGlLaW1ha2hlCg==")
    assert found(api, "TWVoZGlLaW1ha2hlCg==") == {id}
    assert api.about("twvozgllaw1ha2hlcg==").status_code == 404


DAY = datetime.now(UTC).date() - timedelta(days=3)
MIDNIGHT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", [f"{DAY}", f"{DAY}T00:00:00Z", f"{DAY} 00:00:00", f"{DAY}T02:00:00+02:00", f"{DAY}T00:00:00.0000009"]
)
def test_window_includes_its_beginning_and_excludes_its_end(api: CheckedClient, written: str) -> None:
    before = stored(target_id="t-1", occurred_at=MIDNIGHT - timedelta(microseconds=1))
    at = stored(target_id="t-1", occurred_at=MIDNIGHT)
    assert found(api, "t-1", occurredFrom=written) == {at}
    assert found(api, "t-1", occurredTo=written) == {before}
    assert found(api, "t-1", occurredFrom=written, occurredTo=written) == set()
    next_day = f"{DAY + timedelta(days=1)}"
    assert found(api, "t-1", occurredFrom=f"{DAY - timedelta(days=1)}", occurredTo=next_day) == {before, at}


def test_names_of_parameters_are_matched_without_regard_to_case(api: CheckedClient) -> None:
    ids = {stored(target_id=target_id) for target_id in ("t-1", "t-2")}
    stored(target_id="t-1", type="end")
    page = api.get("/api/v1/activities?TARGETID=t-1&targetid=t-2&Type=update&pagesize=1").json()
    rest = api.get(page["paginationDetails"]["next"]).json()
    assert {UUID(record["id"]) for record in page["results"] + rest["results"]} == ids


def test_author_without_target_needs_a_window_of_31_days(api: CheckedClient) -> None:
    id = stored()
    end = datetime.now(UTC)
    start = end - timedelta(days=31)
    window = {"occurredFrom": start.isoformat(), "occurredTo": end.isoformat()}
    assert found(api, authorId="a-1", **window) == {id}
    refusal = ("authorId", "Without targetId, add occurredFrom and occurredTo at most 31 days apart.")
    longer = {**window, "occurredFrom": (start - timedelta(microseconds=1)).isoformat()}
    for wider in (longer, {}, {"occurredFrom": window["occurredFrom"]}, {"occurredTo": window["occurredTo"]}):
        response = api.get("/api/v1/activities", params={"authorId": "a-1", **wider})
        assert said(response) == problem("invalid-parameters", f"{refusal[0]}: {refusal[1]}", refusal)


@pytest.mark.parametrize("filters", [{}, {"type": "update"}, {"occurredFrom": recent(days=9)}])
def test_targets_without_any_readable_record_are_not_found(api: CheckedClient, filters: dict[str, str]) -> None:
    expired, other = stored(target_id="t-1"), stored(target_id="t-2")
    let_expire(expired)
    assert said(api.about("t-1", "t-none", **filters)) == problem("no-activities", NO_ACTIVITIES)
    restricted = CheckedClient(token(READ, target_ids=["t-1"]))
    assert said(restricted.about("t-1", "t-2", **filters)) == problem("no-activities", NO_ACTIVITIES)
    assert found(api, "t-1", "t-2", **filters) == {other}


def test_an_empty_page_is_no_error_where_there_are_records(api: CheckedClient) -> None:
    ids = [stored(target_id="t-1") for _ in range(2)]
    nothing = {"results": [], "paginationDetails": {"nextToken": None, "next": None}}
    assert api.about("t-1", type="end").json() == nothing
    next_page = api.about("t-1", pageSize=1).json()["paginationDetails"]["next"]
    let_expire(*ids)
    assert api.get(next_page).json() == nothing
    assert api.get("/api/v1/activities").json() == nothing


@pytest.mark.parametrize(
    ("parameters", "statement"),
    [
        ({"targetId": "t-1"}, "activities_about_target"),
        ({"targetId": ["t-1", "t-2"], "include": "changes"}, "activities_about_targets"),
        ({"type": "update"}, "activities_narrowed"),
    ],
)
def test_one_statement_is_run(api: CheckedClient, parameters: dict[str, Any], statement: str) -> None:
    stored(target_id="t-1")
    timing = api.get("/api/v1/activities", params=parameters).headers["server-timing"]
    assert timing.count("db;dur=") == 1
    assert timing.endswith(f';desc="{statement}"')


def test_path_may_end_in_a_slash(api: CheckedClient) -> None:
    stored(target_id="t-1")
    assert api.get("/api/v1/activities/?targetId=t-1").json() == api.about("t-1").json()
