from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from activities.access import READ, SCOPES, SEARCH, SHARE, WRITE
from activities.history import MAX_TARGETS
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import stored

TARGET, DOMAIN = "t-1", "Person"
CONSUMERS = "/api/v1/activityhistory"


class Endpoint(NamedTuple):
    scope: str | None
    ask: Callable[[CheckedClient], httpx.Response]


def get(path: str, **parameters: str) -> Callable[[CheckedClient], httpx.Response]:
    return lambda api: api.get(path, params=parameters)


def post(path: str) -> Callable[[CheckedClient], httpx.Response]:
    return lambda api: api.post(path, json=activity(targetId=TARGET, sourceDomain=DOMAIN))


def share(api: CheckedClient) -> httpx.Response:
    return api.post("/api/v1/viewer-links", json={"targetIds": [TARGET], "minutes": 5})


def get_one(api: CheckedClient) -> httpx.Response:
    return api.get(f"/api/v1/activities/{stored(target_id=TARGET, source_domain=DOMAIN)}")


ENDPOINTS = {
    "create": Endpoint(WRITE, post("/api/v1/activities")),
    "create at the consumers' path": Endpoint(WRITE, post(CONSUMERS)),
    "get one": Endpoint(READ, get_one),
    "list": Endpoint(READ, get("/api/v1/activities", targetId=TARGET)),
    "search": Endpoint(SEARCH, get("/api/v1/activities")),
    "feed": Endpoint(SEARCH, get("/api/v1/activities/feed")),
    "export": Endpoint(SEARCH, get("/api/v1/activities/export", format="csv")),
    "consumers' list": Endpoint(READ, get(CONSUMERS, targetId=TARGET)),
    "viewer link": Endpoint(SHARE, share),
    "OpenAPI document": Endpoint(None, get("/api/schema")),
    "explorer": Endpoint(None, get("/api/docs")),
    "problem pages": Endpoint(None, get("/api/docs/problems/not-found")),
}
CALLERS: dict[str, dict[str, Any]] = {
    "other target": {"target_ids": ["t-2"]},
    "other domain": {"source_domains": ["Finance"]},
    "no targets": {"target_ids": []},
    "no domains": {"source_domains": []},
    "own target and domain": {"target_ids": ["t-2", TARGET], "source_domains": ["Finance", DOMAIN]},
    "unrestricted": {},
    "resident": {"target_ids": [TARGET], "audience": "resident"},
}
# In the order of CALLERS, after: no token, bad token, a token with every scope but the one that is needed.
MATRIX = {
    "create": (401, 401, 403, 201, 403, 201, 403, 201, 201, 403),
    "create at the consumers' path": (401, 401, 403, 201, 403, 201, 403, 201, 201, 403),
    "get one": (401, 401, 403, 404, 404, 404, 404, 200, 200, 200),
    "list": (401, 401, 403, 404, 404, 404, 404, 200, 200, 200),
    "search": (401, 401, 403, 200, 200, 200, 200, 200, 200, 200),
    "feed": (401, 401, 403, 200, 200, 200, 200, 200, 200, 403),
    "export": (401, 401, 403, 200, 200, 200, 200, 200, 200, 403),
    "consumers' list": (401, 401, 403, 404, 404, 404, 404, 200, 200, 200),
    "viewer link": (401, 401, 403, 404, 201, 404, 201, 201, 201, 403),
    "OpenAPI document": (200,) * 10,
    "explorer": (200,) * 10,
    "problem pages": (200,) * 10,
}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_each_endpoint_lets_through_whom_it_should(db: None, name: str) -> None:
    endpoint = ENDPOINTS[name]
    stored(target_id=TARGET, source_domain=DOMAIN)
    others = [scope for scope in SCOPES if scope != endpoint.scope]
    tokens = [None, "no.such.token", token(*others), *(token(*SCOPES, **claims) for claims in CALLERS.values())]
    answered = tuple(endpoint.ask(CheckedClient(bearer)).status_code for bearer in tokens)
    assert answered == MATRIX[name]


def targets_found(reader: CheckedClient, **parameters: str) -> list[tuple[str, str | None]]:
    found = reader.get("/api/v1/activities", params=parameters).json()["results"]
    return sorted((record["targetId"], record["sourceDomain"]) for record in found)


@pytest.fixture
def three_targets(db: None) -> None:
    for target_id in ("t-1", "t-2", "t-3"):
        for source_domain in ("Person", "Finance", None):
            stored(target_id=target_id, source_domain=source_domain)


@pytest.mark.usefixtures("three_targets")
def test_of_several_targets_only_readable_ones_are_shown() -> None:
    reader = CheckedClient(token(READ, target_ids=["t-1", "t-3"], source_domains=["Person"]))
    found = {(record["targetId"], record["sourceDomain"]) for record in reader.walk("t-1", "t-2", pageSize=1)}
    assert found == {("t-1", "Person")}
    assert reader.about("t-2").status_code == 404


@pytest.mark.usefixtures("three_targets")
@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"target_ids": ["t-2", "t-9"], "source_domains": ["Person", "Tenure"]}, [("t-2", "Person")]),
        ({"target_ids": []}, []),
        ({"source_domains": []}, []),
        ({"source_domains": ["Finance"]}, [("t-1", "Finance"), ("t-2", "Finance"), ("t-3", "Finance")]),
    ],
)
def test_search_finds_only_what_the_token_may_read(claims: Any, found: Any) -> None:
    assert targets_found(CheckedClient(token(SEARCH, **claims))) == found


@pytest.mark.parametrize("parameters", [{}, {"type": "update"}])
@pytest.mark.parametrize("count", [MAX_TARGETS, MAX_TARGETS + 1])
def test_search_over_many_targets_is_one_history_and_one_statement(
    db: None, count: int, parameters: dict[str, str]
) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    targets = [f"t-{number}" for number in range(count)]
    ids = [
        stored(target_id=target_id, occurred_at=moment - timedelta(hours=hours))
        for hours in (0, 1)
        for target_id in [targets[0], targets[-1], "t-other"]
    ]
    readable = sorted(ids[:2], reverse=True) + sorted(ids[3:5], reverse=True)
    reader = CheckedClient(token(SEARCH, target_ids=targets))
    for page_size in (1, 2, 3, 4):
        assert [UUID(record["id"]) for record in reader.walk(pageSize=page_size, **parameters)] == readable
    timing = reader.get("/api/v1/activities", params=parameters).headers["server-timing"]
    assert timing.count("db;dur=") == 1


@pytest.mark.usefixtures("three_targets")
def test_a_filter_does_not_reach_around_the_token() -> None:
    reader = CheckedClient(token(READ, SEARCH, source_domains=["Person"]))
    assert targets_found(reader, sourceDomain="Finance") == []
    assert targets_found(reader, targetId="t-1", sourceDomain="Finance") == []
    assert targets_found(reader, targetId="t-1", sourceDomain="Person") == [("t-1", "Person")]


@pytest.mark.parametrize("claim", ["t-1", {"t-1": True}, None, 1, [1], [["t-1"]]])
def test_a_restriction_that_is_no_list_of_strings_lets_nothing_through(db: None, claim: Any) -> None:
    stored(target_id="t-1")
    for name in ("target_ids", "source_domains"):
        reader = CheckedClient(token(*ALL_SCOPES, **{name: claim}))
        assert reader.about("t-1").status_code == 404
        assert targets_found(reader) == []


def test_without_a_domain_is_no_domain_of_a_list(db: None) -> None:
    id = stored(target_id="t-1", source_domain=None)
    restricted = CheckedClient(token(READ, WRITE, source_domains=["Person"]))
    response = restricted.record(activity(sourceDomain=None))
    sentence = (
        "The token may not write for this source domain: use one that it names, or ask for a token that names this one."
    )
    assert said(response) == problem("domain-not-allowed", sentence, ("#/sourceDomain", sentence), at="pointer")
    assert restricted.get(f"/api/v1/activities/{id}").status_code == 404
    assert restricted.about("t-1").status_code == 404


def test_list_without_target_says_which_scope_it_needs(db: None) -> None:
    response = CheckedClient(token(READ, WRITE)).get("/api/v1/activities")
    assert said(response) == problem(
        "missing-scope", "The token lacks the scope activities:search: ask for one that has it."
    )


def test_resident_without_targets_is_no_caller(db: None) -> None:
    response = CheckedClient(token(READ, audience="resident")).about("t-1")
    assert said(response) == problem("unauthenticated", "A resident's token must name its target_ids.")
