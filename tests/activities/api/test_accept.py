import pytest

from activities.api.accept import accepts_gzip
from tests.api_client import CheckedClient
from tests.refusals import PATH, problem, said

NOT_ACCEPTABLE = "Send Accept: application/json, or no Accept header at all."


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "text/html",
        "application/xml",
        "image/*, text/csv;q=0.5",
        "nonsense",
        'text/html;a=", application/json"',
        "application/json;q=0",
        "application/json; Q = 0.000",
        "application/json;q=0, */*",
        "*/*, application/json;q=0.0",
        "application/json;q=0, application/*",
        "application/json;q=0, application/json;version=2;q=0, */*",
        "application/*;q=0",
        "application/*;q=0, */*;q=1",
        "*/*;q=0",
        "text/html, */*;q=0",
    ],
)
def test_whoever_refuses_json_is_refused(api: CheckedClient, accept: str) -> None:
    for path in (PATH, "/api/v1/activityhistory?targetId=t-1"):
        response = api.get(path, headers={"Accept": accept})
        assert said(response) == problem("not-acceptable", NOT_ACCEPTABLE, instance=path.partition("?")[0])


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/*",
        "Application/JSON",
        "text/html, application/json;q=0.1",
        "text/html,,*/* ; q=0.001",
        "application/json;q=0.001, */*;q=0",
        "application/json, application/*;q=0",
        "application/*, */*;q=0",
        "application/json;q=0, application/json",
        "application/json; charset=utf-8",
        'application/json;profile="a, b;q=0", */*;q=0',
        "application/json;version=2;q=0, */*",
        "text/html;q=0, */*",
        "application/json;q=nonsense",
        'application/json, text/html;a="never closed',
    ],
)
def test_whoever_takes_json_is_served(api: CheckedClient, accept: str) -> None:
    assert api.get(PATH, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP ; q=0.1", True),
        ("x-gzip", True),
        ("br, *", True),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("*;q=0, gzip", True),
        ("br, zstd", False),
    ],
)
def test_gzip_is_for_those_who_take_it(header: str, wanted: bool) -> None:
    assert accepts_gzip(header) is wanted
