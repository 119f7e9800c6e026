from string import ascii_letters, digits
from typing import Any

import pytest
from pytest_django import Settings

from tests.api_client import CheckedClient
from tests.refusals import problem, said
from tests.stored import stored

DETAIL = "The token is not of this query: send it with the very parameters of the page that gave it, or start anew."
REFUSED = problem("invalid-parameters", f"paginationToken: {DETAIL}", ("paginationToken", DETAIL))
ALPHABET = ascii_letters + digits + "-_"


@pytest.fixture
def token(api: CheckedClient) -> str:
    """Of the first page of t-1."""
    for target_id in ("t-1", "t-1", "t-1", "t-2"):
        stored(target_id=target_id)
    return first_token(api)


def first_token(api: CheckedClient, **parameters: Any) -> str:
    page = api.get("/api/v1/activities", params={"targetId": "t-1", "pageSize": 1, **parameters}).json()
    return str(page["paginationDetails"]["nextToken"])


def refused(api: CheckedClient, token: str, **parameters: Any) -> bool:
    response = api.get("/api/v1/activities", params={"targetId": "t-1", "paginationToken": token, **parameters})
    if response.status_code == 200:
        return False
    assert said(response) == REFUSED
    return True


def test_token_is_good_with_any_page_size_and_with_changes(api: CheckedClient, token: str) -> None:
    assert not refused(api, token)
    assert not refused(api, token, pageSize=3)
    assert not refused(api, token, include="changes")


def test_token_altered_at_any_place_is_refused(api: CheckedClient, token: str) -> None:
    for place, letter in enumerate(token):
        other = ALPHABET[(ALPHABET.index(letter) + 1) % len(ALPHABET)]
        assert refused(api, token[:place] + other + token[place + 1 :]), place


def test_last_letter_has_one_spelling_only(api: CheckedClient, token: str) -> None:
    accepted = [letter for letter in ALPHABET if not refused(api, token[:-1] + letter)]
    assert accepted == [token[-1]]


@pytest.mark.parametrize(
    "change",
    [
        {"targetId": "t-2"},
        {"targetId": ["t-1", "t-2"]},
        {"targetId": []},
        {"type": "update"},
        {"targetType": "person"},
        {"sourceDomain": "Person"},
        {"authorId": "a-1"},
        {"correlationId": "c-1"},
        {"occurredFrom": "2020-01-01"},
        {"occurredTo": "2999-01-01"},
    ],
)
def test_token_of_another_query_is_refused(api: CheckedClient, token: str, change: dict[str, Any]) -> None:
    assert refused(api, token, **change)


def test_token_of_other_filters_is_refused(api: CheckedClient, token: str) -> None:
    narrowed = first_token(api, type=["update", "end"])
    assert not refused(api, narrowed, type=["end", "update", "end"])
    assert refused(api, narrowed)
    assert refused(api, narrowed, type="update")
    assert refused(api, narrowed, targetType=["update", "end"])


@pytest.mark.parametrize("foreign", ["x", "A" * 56, "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "\u00e9" * 56, "A" * 10_000])
def test_foreign_token_is_refused(api: CheckedClient, token: str, foreign: str) -> None:
    assert refused(api, foreign)
    assert refused(api, token + foreign)
    assert refused(api, f" {token}")


def test_token_signed_with_the_key_of_before_stays_good(api: CheckedClient, token: str, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert not refused(api, token)
    renewed = first_token(api)
    assert renewed != token
    settings.SECRET_KEY_FALLBACKS = []
    assert refused(api, token)
    assert not refused(api, renewed)


def test_token_holds_nothing_of_the_query(api: CheckedClient) -> None:
    for _ in range(2):
        stored(target_id="t-1" * 80)
    assert len(first_token(api, targetId="t-1" * 80)) == 56
