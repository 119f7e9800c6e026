import json
from typing import Any, get_args

import pytest
from django.core.exceptions import ImproperlyConfigured

from activities.access import READ, SCOPES
from activities.api.issuer_settings import Scope, read_issuers

KEY = "a key that the council shares with us"
COUNCIL = {"issuer": "Council", "algorithm": "HS256", "key": KEY, "scopes_of_groups": {"officers": [READ]}}
PARTNER = {"issuer": "https://partner.example", "algorithm": "RS256", "audience": "history"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "Invalid JSON: expected ident at line 1 column 2"),
        ('{"issuer": "x"}', "Input should be a valid array"),
        ([{**COUNCIL, "issuer": ""}], "0.issuer: String should have at least 1 character"),
        ([{**COUNCIL, "colour": "red"}], "0.colour: Extra inputs are not permitted"),
        (
            [{**COUNCIL, "scopes_of_groups": {"officers": ["activities:raed"]}}],
            "0.scopes_of_groups.officers.0: Input should be "
            "'activities:write', 'activities:read', 'activities:search' or 'history:share'",
        ),
        ([{**COUNCIL, "key": None}], "0: Value error, give either a key or a jwks_url"),
        ([{**COUNCIL, "jwks_url": "https://x"}], "0: Value error, give either a key or a jwks_url"),
        ([{**COUNCIL, "key": "k" * 31}], "0: Value error, an HS256 key has at least 32 bytes"),
        ([{**PARTNER, "key": KEY}], "0: Value error, the key is no public key for RS256 in PEM form"),
        ([{**COUNCIL, "issuer": "activity-history"}], "0: Value error, activity-history is this service's own name"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_one_line(text: Any, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_issuers(text if isinstance(text, str) else json.dumps(text))
    assert str(refused.value) == f"TOKEN_ISSUERS: {sentence}; docs/tokens.md shows an entry."
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("change", [{"algorithm": "none"}, {"jwks_url": "file:///etc/keys", "key": None}])
def test_dangerous_settings_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^TOKEN_ISSUERS: 0\.(algorithm|jwks_url): .*docs/tokens\.md"):
        read_issuers(json.dumps([{**COUNCIL, **change}]))


def test_an_issuer_stands_there_once() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^TOKEN_ISSUERS: each issuer stands there once\.$"):
        read_issuers(json.dumps([COUNCIL, COUNCIL]))


def test_settings_know_the_scopes_that_there_are() -> None:
    assert get_args(Scope) == SCOPES
