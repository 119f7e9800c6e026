from typing import Any

import pytest

from tests.api_client import CheckedClient
from tests.refusals import PATH, problem, said
from tests.stored import stored

LISTED = (
    "targetId, targetType, type, sourceDomain, authorId, correlationId, occurredFrom, occurredTo, pageSize, "
    "paginationToken, include"
)
UNREADABLE = (
    "Write it as an RFC 3339 date-time, such as 2026-02-19T15:12:00.123456Z or 2026-02-19T15:12:00+00:00. "
    "A bare date such as 2026-02-19 will do too."
)
IMPOSSIBLE = (
    "There is no such date or time of day: check month, day, hour, minute, second and offset. "
    "A bare date such as 2026-02-19 will do too."
)
PAGE_SIZE = ("pageSize", "Send a whole number from 1 to 1000.")
VALUE = "Send 1 to 255 characters, or leave the parameter out."
NO_UTF8 = "Write it in UTF-8, percent-encoded."
CONSUMERS = "/api/v1/activityhistory"
TARGET = ("targetId", "A target id has 1 to 255 characters, and no control characters.")
FOREIGN = (
    "paginationToken",
    "The token is not of this query: send it with the very parameters of the page that gave it, or start anew.",
)


@pytest.mark.parametrize(
    ("parameters", "errors"),
    [
        ({"pageSize": "0"}, [PAGE_SIZE]),
        ({"pageSize": "-1"}, [PAGE_SIZE]),
        ({"pageSize": "x"}, [PAGE_SIZE]),
        ({"pageSize": "1001"}, [PAGE_SIZE]),
        ({"pageSize": ""}, [PAGE_SIZE]),
        ({"pageSize": "1.0"}, [PAGE_SIZE]),
        ({"pageSize": "٣"}, [PAGE_SIZE]),
        ({"pageSize": ["5", "5"]}, [("pageSize", "Send this parameter once.")]),
        ({"pageSize": "5", "PAGESIZE": "5"}, [("pageSize", "Send this parameter once.")]),
        ({"paginationToken": ""}, [FOREIGN]),
        ({"paginationToken": "\0"}, [FOREIGN]),
        ({"paginationToken": ["a", "b"]}, [("paginationToken", "Send this parameter once.")]),
        ({"targetId": ""}, [TARGET]),
        ({"targetId": "t\0"}, [TARGET]),
        ({"targetId": "t\u0085"}, [TARGET]),
        ({"targetId": "t" * 256}, [TARGET]),
        ({"targetId": [f"t-{n}" for n in range(21)]}, [("targetId", "Send at most 20 targets in one request.")]),
        ({"type": ""}, [("type", VALUE)]),
        ({"targetType": "a\0"}, [("targetType", VALUE)]),
        ({"sourceDomain": ["Person", "\0"]}, [("sourceDomain", VALUE)]),
        ({"authorId": "\0"}, [("authorId", VALUE)]),
        ({"correlationId": "c" * 256}, [("correlationId", VALUE)]),
        ({"occurredFrom": "yesterday"}, [("occurredFrom", UNREADABLE)]),
        ({"occurredFrom": "2026-02-19\0"}, [("occurredFrom", UNREADABLE)]),
        ({"occurredTo": "1771513920"}, [("occurredTo", UNREADABLE)]),
        ({"occurredTo": ""}, [("occurredTo", UNREADABLE)]),
        ({"occurredTo": "2026-02-30"}, [("occurredTo", IMPOSSIBLE)]),
        ({"occurredFrom": "0001-01-01T00:00:00+10:00"}, [("occurredFrom", IMPOSSIBLE)]),
        ({"occurredFrom": ["2026-02-19", "2026-02-20"]}, [("occurredFrom", "Send this parameter once.")]),
        (
            {"occurredFrom": "2026-02-20", "occurredTo": "2026-02-19"},
            [("occurredTo", "It lies before occurredFrom: exchange the two.")],
        ),
        ({"include": "everything"}, [("include", "What can be included is changes and summary.")]),
        ({"include": ["changes", "\0"]}, [("include", "What can be included is changes and summary.")]),
        (
            {"colour": "red"},
            [("colour", f"There is no such parameter: leave it out. The parameters are {LISTED}.")],
        ),
        (
            {"format": "csv"},
            [("format", f"There is no such parameter: leave it out. The parameters are {LISTED}.")],
        ),
        (
            {"pageSize": "0", "type": "", "include": "x"},
            [PAGE_SIZE, ("include", "What can be included is changes and summary."), ("type", VALUE)],
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    api: CheckedClient, parameters: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    response = api.get("/api/v1/activities", params={"targetId": "t-1", **parameters})
    assert said(response) == problem("invalid-parameters", f"{errors[0][0]}: {errors[0][1]}", *errors)


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*"])
@pytest.mark.parametrize("path", [PATH, CONSUMERS])
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("targetId=%ff", ["targetId"]),
        ("targetId=t-%C3", ["targetId"]),
        ("targetId=%ED%A0%80", ["targetId"]),
        ("targetid=t-1&pageSize=%ff&TARGETID=%80", ["targetId", "pageSize"]),
        ("targetId=t-1&paginationToken=a%C3%28", ["paginationToken"]),
    ],
)
def test_what_is_no_utf8_is_refused_by_name(
    api: CheckedClient, path: str, query: str, names: list[str], accept: str
) -> None:
    stored(target_id="\ufffd")
    response = api.get(f"{path}?{query}", headers={"Accept": accept})
    errors = [(name, NO_UTF8) for name in names]
    assert said(response) == problem("invalid-parameters", f"{names[0]}: {NO_UTF8}", *errors, instance=path)


def test_filter_and_name_that_are_no_utf8_are_refused_together(api: CheckedClient) -> None:
    response = api.get(f"{PATH}?%ff=1&type=%ff&%fe=2&pageSize=0")
    errors = [
        ("type", NO_UTF8),
        ("\ufffd", f"There is no such parameter: leave it out. The parameters are {LISTED}."),
    ]
    assert said(response) == problem("invalid-parameters", f"type: {NO_UTF8}", *errors)


def test_unknown_parameters_of_the_consumers_path_may_be_of_any_bytes(api: CheckedClient) -> None:
    stored(target_id="t-1")
    assert api.get(f"{CONSUMERS}?targetId=t-1&%ff=1&sort=%ff&=&;&&x").status_code == 200


@pytest.mark.parametrize(
    ("query", "target_id"),
    [
        ("targetId=%EF%BF%BD", "\ufffd"),
        ("targetId=%F0%9F%98%80+%2B%26", "\U0001f600 +&"),
        ("&&targetId=a%3Db=c&", "a=b=c"),
        ("%74argetId=%zz", "%zz"),
        ("targetId=a;b", "a;b"),
    ],
)
def test_parameters_are_read_as_forms_write_them(api: CheckedClient, query: str, target_id: str) -> None:
    stored(target_id=target_id)
    for path in (PATH, CONSUMERS):
        assert [record["targetId"] for record in api.get(f"{path}?{query}").json()["results"]] == [target_id]


@pytest.mark.parametrize("accept", ["application/json", "text/html, */*"])
@pytest.mark.parametrize("path", [PATH, CONSUMERS])
def test_a_thousand_parameters_are_read_and_no_more(api: CheckedClient, path: str, accept: str) -> None:
    stored(target_id="t-1")
    headers = {"Accept": accept}
    query = "targetId=t-1" + "&targetid=t-1" * 999 if path == PATH else "targetId=t-1" + "&_=1" * 999
    assert api.get(f"{path}?{query}", headers=headers).status_code == 200
    response = api.get(f"{path}?{query}&_=1", headers=headers)
    detail = "Send at most 1000 parameters in one request."
    assert said(response) == problem("invalid-parameters", detail, instance=path)
