"""The two ways in which Qlik's REST connector pages, and the feed's loop, with the values of docs/qlik.md."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.activities.api.test_feed import settled
from tests.api_client import CheckedClient, token
from tests.processes import eventually
from tests.qlik_guide import FEED_SCRIPT, FEED_URL, LIST_URL, NEXT_URL_PATH, SCOPES, TOKEN_PARAMETER, TOKEN_PATH
from tests.refusals import said
from tests.stored import new_activity, store, stored

IN_THE_PERIOD = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.fixture
def qlik(db: None) -> CheckedClient:
    """With the token of the guide."""
    return CheckedClient(token(*SCOPES))


def here(url: str) -> str:
    """Without the name of the guide's server."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def at(path: str, answer: Any) -> Any:
    """What the connector finds at a path that begins with its name of the whole answer."""
    root, *names = path.split("/")
    assert root == "root"
    for name in names:
        answer = answer[name]
    return answer


def ids(answer: Any) -> list[str]:
    return [record["id"] for record in answer["results"]]


def by_next_token(api: CheckedClient, url: str) -> Iterator[list[str]]:
    """The same address each time, with the token added."""
    answer = api.get(url).json()
    yield ids(answer)
    while token := at(TOKEN_PATH, answer):
        answer = api.get(f"{url}&{TOKEN_PARAMETER}={token}").json()
        yield ids(answer)


def by_next_url(api: CheckedClient, url: str) -> Iterator[list[str]]:
    """The address that the answer names, as it is."""
    answer = api.get(url).json()
    yield ids(answer)
    while url := at(NEXT_URL_PATH, answer):
        answer = api.get(url).json()
        yield ids(answer)


@pytest.mark.django_db
@pytest.mark.parametrize("pages_of", [by_next_token, by_next_url])
@pytest.mark.parametrize(("rows", "pages"), [(0, [0]), (2000, [1000, 1000]), (2001, [1000, 1000, 1])])
def test_a_period_comes_whole_and_each_record_once(
    rows: int, pages: list[int], pages_of: Any, qlik: CheckedClient
) -> None:
    activities = [new_activity(occurred_at=IN_THE_PERIOD) for _ in range(rows)]
    store(activities)
    stored(occurred_at=datetime(2026, 12, 1, tzinfo=UTC))
    got = list(pages_of(qlik, here(LIST_URL)))
    assert [len(page) for page in got] == pages
    assert sorted(id for page in got for id in page) == sorted(str(activity.id) for activity in activities)


@pytest.mark.django_db
def test_a_record_without_activities_is_what_the_guide_says(qlik: CheckedClient) -> None:
    answer = qlik.get(f"{here(LIST_URL)}&targetId=t-none")
    assert (answer.status_code, said(answer)["type"].rpartition("/")[2]) == (404, "no-activities")


@pytest.mark.django_db(transaction=True)
def test_the_feeds_loop_ends_and_goes_on_where_it_was(qlik: CheckedClient) -> None:
    [place] = re.findall(r"LET place = '(WITH .*)' & Peek\('nextToken'", FEED_SCRIPT)
    assert place == 'WITH CONNECTION (QUERY "after" "'
    assert "LOOP UNTIL Match('$(upToDate)', 'true', '1')" in FEED_SCRIPT

    def loop(after: str | None) -> tuple[list[str], str]:
        found: list[str] = []
        while True:
            answer = qlik.get(here(FEED_URL) + (f"&after={after}" if after else "")).json()
            found += ids(answer)
            after = answer["nextToken"]
            if answer["upToDate"]:
                return found, str(after)

    first = [new_activity() for _ in range(1001)]
    store(first)
    assert eventually(settled, 60)
    found, after = loop(None)
    assert sorted(found) == sorted(str(activity.id) for activity in first)
    new = stored()
    assert eventually(settled, 60)
    assert loop(after)[0] == [str(new)]
