"""The export: files in parts, of what a token may read, each row once."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from activities import export
from activities.access import READ, SEARCH
from activities.models import Activity
from tests import refusals
from tests.api_client import CheckedClient, token
from tests.refusals import said
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/activities/export"
HEADER = (
    "id,datetime (UTC),type,targetType,targetId,sourceDomain,oldData,newData,author.id,author.fullName,author.email,"
    "correlationId,timeToLive,recordedAt (UTC),expiresAt (UTC)"
)
FORMATS = ["csv", "ndjson"]
problem = partial(refusals.problem, instance=EXPORT)


def part(api: CheckedClient, **parameters: Any) -> httpx.Response:
    answer = api.get(EXPORT, params={"format": "csv", **parameters})
    assert answer.status_code == 200, answer.text
    return answer


def parts(api: CheckedClient, **parameters: Any) -> list[httpx.Response]:
    """All of a file, by the links from one to the next."""
    found = [part(api, **parameters)]
    while link := found[-1].links.get("next"):
        [told] = parse_qs(urlsplit(link["url"]).query)["paginationToken"]
        assert found[-1].headers["x-next-token"] == told
        found.append(api.get(link["url"]))
        assert found[-1].status_code == 200
    assert "x-next-token" not in found[-1].headers
    return found


def rows_of(answers: list[httpx.Response]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(answer.text for answer in answers), newline="")))


def ids_of(format: str, answers: list[httpx.Response]) -> list[UUID]:
    text = "".join(answer.text for answer in answers)
    records = rows_of(answers) if format == "csv" else [json.loads(line) for line in text.splitlines()]
    return [UUID(record["id"]) for record in records]


def in_order() -> list[UUID]:
    return list(Activity.objects.newest_first().values_list("id", flat=True))


def test_csv_is_rfc_4180_with_the_zone_in_its_header(api: CheckedClient) -> None:
    moment = datetime(2026, 2, 19, 15, 12, 0, 120_000, tzinfo=UTC)
    id = stored(
        target_id='a "b", c',
        source_domain=None,
        occurred_at=moment,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        old_data=None,
        new_data='{"rent": 1.10, "name": "Zoë"}'.encode(),
        time_to_live="P73Y",
        correlation_id="c\n1",
    )
    recorded = Activity.objects.get().recorded_at.replace(tzinfo=None)
    answer = part(api)
    assert answer.headers["content-type"] == "text/csv"
    assert answer.text == (
        f'{HEADER}\r\n{id},2026-02-19 15:12:00.12,update,person,"a ""b"", c",,,'
        '"{""name"": ""Zoë"", ""rent"": 1.10}",a-1,Dawit Haile,dawit@council.example,"c\n1",P73Y,'
        f"{str(recorded).rstrip('0') if recorded.microsecond else recorded},2099-01-01 00:00:00\r\n"
    )


def test_ndjson_has_a_line_for_each_record_as_a_list_gives_it(api: CheckedClient) -> None:
    stored(target_id="t-\\1", new_data=b'{"n": 12345678901234567.89, "text": "a\\n\\"b\\" \\u001f"}')
    stored(target_id="t-\\1", old_data=None)
    listed = api.about("t-\\1").text
    answer = part(api, format="ndjson")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert listed.startswith('{"results":[' + ",".join(answer.text.splitlines()) + "]")
    assert answer.text.count("\n") == 2


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_each_row_comes_once_newest_first_with_the_header_once(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch, format: str, rows: int
) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", rows)
    moment = datetime.now(UTC) - timedelta(days=1)
    store([new_activity(occurred_at=moment - timedelta(microseconds=n // 4)) for n in range(7)])
    answers = parts(api, format=format)
    assert ids_of(format, answers) == in_order()
    assert len(answers) == -(-7 // rows)
    assert [HEADER in one.text for one in answers] == [format == "csv"] + [False] * (len(answers) - 1)


def test_a_part_ends_before_the_row_that_makes_it_too_large_and_one_row_always_fits(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store([new_activity(new_data=b'{"text": "%b"}' % (b"x" * 1000 * n)) for n in (1, 1, 9, 1)])
    monkeypatch.setattr(export, "MAX_BYTES", 3_000)
    answers = parts(api, format="ndjson")
    assert ids_of("ndjson", answers) == in_order()
    sizes = [len(answer.content) for answer in answers]
    assert all(size <= 3_000 or answer.text.count("\n") == 1 for size, answer in zip(sizes, answers, strict=True))
    assert max(sizes) > 9_000
    exactly = len(answers[0].content)
    monkeypatch.setattr(export, "MAX_BYTES", exactly)
    assert len(part(api, format="ndjson").content) == exactly


@pytest.mark.parametrize("format", FORMATS)
def test_rows_that_arrive_meanwhile_make_it_neither_skip_nor_repeat_one(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    moment = datetime.now(UTC) - timedelta(days=1)
    store([new_activity(occurred_at=moment) for _ in range(5)])
    there = in_order()
    first = part(api, format=format)
    newer = stored()
    behind = stored(occurred_at=moment - timedelta(days=1))
    rest = parts(api, format=format, paginationToken=first.headers["x-next-token"])
    assert ids_of(format, [first, *rest]) == [*there, behind]
    assert newer not in there


def test_it_is_compressed_when_asked(api: CheckedClient) -> None:
    store([new_activity() for _ in range(200)])
    api.headers["Accept-Encoding"] = "identity"
    plain = part(api)
    zipped = api.get(EXPORT, params={"format": "csv"}, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert (plain.headers.get("content-encoding"), zipped.headers["content-encoding"]) == (None, "gzip")
    assert "accept-encoding" in plain.headers["vary"].lower()
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"]) / 3


def test_what_has_expired_is_not_in_it(api: CheckedClient) -> None:
    expired, kept = stored(), stored()
    let_expire(expired)
    assert ids_of("csv", [part(api)]) == [kept]


@pytest.mark.parametrize("format", FORMATS)
def test_the_filters_of_a_list_narrow_it(api: CheckedClient, format: str) -> None:
    wanted = stored(target_id="t-1", type="end", source_domain="Finance", correlation_id="c-1")
    other = stored(target_id="t-2", occurred_at=datetime(2026, 3, 1, tzinfo=UTC))
    found = [
        ids_of(format, [part(api, format=format, **{name: value})])
        for name, value in {
            "targetId": ["t-1", "t-9"],
            "type": ["end", "start"],
            "sourceDomain": "Finance",
            "CorrelationID": "c-1",
            "occurredFrom": "2026-03-02",
        }.items()
    ]
    assert found == [[wanted]] * 5
    assert ids_of(format, [part(api, format=format, occurredTo="2026-03-02", targetType="person")]) == [other]
    assert ids_of(format, [part(api, format=format, targetId="t-9")]) == []


def test_only_what_the_token_may_read_is_in_it(db: None) -> None:
    one, _, other = stored(target_id="t-1"), stored(target_id="t-2"), stored(target_id="t-1", source_domain="Finance")

    def found(parameters: dict[str, str], **claims: Any) -> set[UUID]:
        return set(ids_of("csv", [part(CheckedClient(token(SEARCH, **claims)), **parameters)]))

    assert found({}, target_ids=["t-1"]) == {one, other}
    assert found({"targetId": "t-2"}, target_ids=["t-1"]) == set()
    assert found({}, source_domains=["Finance"]) == {other}
    assert found({"sourceDomain": "Person"}, source_domains=["Finance"]) == set()
    assert found({}, source_domains=[]) == set()
    assert found({}, target_ids=[]) == set()
    assert part(CheckedClient(token(SEARCH, target_ids=[]))).text == f"{HEADER}\r\n"


def test_who_may_not() -> None:
    assert said(CheckedClient(token(READ)).get(EXPORT)) == problem(
        "missing-scope", "The token lacks the scope activities:search: ask for one that has it."
    )
    resident = CheckedClient(token(SEARCH, target_ids=["t-1"], audience="resident"))
    assert said(resident.get(EXPORT)) == problem("not-for-residents", "Residents do not export: use a staff token.")


@pytest.mark.parametrize("given", [[], ["xml"], ["CSV"], [""], ["csv", "csv"]])
def test_format_is_said_once(api: CheckedClient, given: list[str]) -> None:
    detail = "Send it once, as csv or ndjson."
    refused = problem("invalid-parameters", f"format: {detail}", ("format", detail))
    assert said(api.get(EXPORT, params={"format": given})) == refused


def test_all_that_is_wrong_is_said_at_once(api: CheckedClient) -> None:
    answer = api.get(EXPORT, params={"pageSize": 1, "include": "changes", "occurredFrom": "soon"})
    assert [each["parameter"] for each in answer.json()["errors"]] == ["pageSize", "include", "format", "occurredFrom"]


def test_a_token_of_another_query_or_format_or_of_a_list_is_refused(
    api: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 1)
    store([new_activity(), new_activity()])
    told = part(api, type="update").headers["x-next-token"]
    of_list = api.get("/api/v1/activities", params={"type": "update", "pageSize": 1}).json()["paginationDetails"]
    detail = "The token is not of this query: send it with the very parameters of the page that gave it, or start anew."
    refused = problem("invalid-parameters", f"paginationToken: {detail}", ("paginationToken", detail))
    for parameters in (
        {"format": "ndjson", "type": "update", "paginationToken": told},
        {"format": "csv", "type": "end", "paginationToken": told},
        {"format": "csv", "paginationToken": told},
        {"format": "csv", "type": "update", "paginationToken": of_list["nextToken"]},
    ):
        assert said(api.get(EXPORT, params=parameters)) == refused
    assert api.get("/api/v1/activities", params={"type": "update", "paginationToken": told}).status_code == 400


@pytest.mark.parametrize("accept", ["text/csv", "application/json", "image/png", "*/*;q=0"])
def test_format_decides_whatever_is_accepted(api: CheckedClient, accept: str) -> None:
    answer = api.get(f"{EXPORT}/", params={"format": "csv"}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv")


def test_a_part_is_one_statement_and_says_its_time(api: CheckedClient) -> None:
    stored(id=uuid4())
    assert part(api).headers["server-timing"].count('desc="export_part"') == 1
