import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from time import time
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from activities.access import READ, WRITE
from activities.api.authentication import forget_tokens
from activities.api.issuer_settings import read_issuers
from activities.api.issuers import verifiers
from activities.models import ApiClient
from tests.api_client import CheckedClient
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import stored
from tests.tokens import public_pem, rsa_key, signed, unchecked

KEY = "a key that the council shares with us"
COUNCIL: dict[str, Any] = {
    "issuer": "Council",
    "algorithm": "HS256",
    "key": KEY,
    "scopes_of_groups": {"officers": [READ]},
}
PARTNER: dict[str, Any] = {"issuer": "https://partner.example", "algorithm": "RS256", "audience": "history"}
NOT_VALID = "The token is not valid: get a new one from its issuer."
OFFICER: dict[str, Any] = {
    "iss": "Council",
    "groups": ["officers"],
    "name": "Ruta Haile",
    "email": "ruta@council.example",
}

Accept = Callable[..., None]


@pytest.fixture
def accept(settings: Settings) -> Iterator[Accept]:
    """Makes these the accepted issuers."""

    def accept(*issuers: dict[str, Any]) -> None:
        settings.TOKEN_ISSUERS = read_issuers(json.dumps(issuers))
        verifiers.cache_clear()
        forget_tokens()

    yield accept
    verifiers.cache_clear()


@pytest.fixture(autouse=True)
def _a_record(db: None) -> None:
    stored(target_id="t-1")


def good_for(seconds: int = 3600, **claims: Any) -> dict[str, Any]:
    return {"exp": int(time()) + seconds, **claims}


def ask(bearer: str) -> httpx.Response:
    return CheckedClient(bearer).about("t-1")


def names() -> set[str]:
    return set(ApiClient.objects.exclude(name="tests").values_list("name", flat=True))


@pytest.mark.parametrize(
    "groups",
    [
        {"groups": ["others", "officers"]},
        {"groups": "officers"},
        {"custom:groups": ["officers"]},
        {"custom:groups": "officers", "groups": None},
        {"groups": [], "custom:groups": ["officers"]},
    ],
)
def test_groups_of_a_council_token_give_its_scopes(accept: Accept, groups: dict[str, Any]) -> None:
    accept(COUNCIL)
    reader = CheckedClient(signed(good_for(**{**OFFICER, "groups": [], **groups}), KEY))
    assert reader.about("t-1").status_code == 200
    assert reader.record(activity()).status_code == 403
    assert reader.get("/api/v1/activities").status_code == 403


@pytest.mark.parametrize("groups", [["others"], [], None, "", 5, True, {"officers": 1}, [["officers"]], [5, None]])
def test_token_without_a_known_group_has_no_scope(accept: Accept, groups: Any) -> None:
    accept(COUNCIL)
    response = ask(signed(good_for(**{**OFFICER, "groups": groups}), KEY))
    assert said(response) == problem(
        "missing-scope", "The token lacks the scope activities:read: ask for one that has it."
    )


def test_scope_claim_of_another_issuer_counts_too(accept: Accept) -> None:
    accept(COUNCIL)
    assert ask(signed(good_for(iss="Council", consumerName="rents", scope=f"{READ} {WRITE}"), KEY)).status_code == 200


def test_clients_are_named_by_issuer_and_consumer(accept: Accept) -> None:
    accept(COUNCIL)
    named: list[dict[str, Any]] = [{"consumerName": "rents", "sub": "s-1"}, {}, {"consumerName": "tests"}]
    for claims in named:
        assert ask(signed(good_for(**{**OFFICER, **claims}), KEY)).status_code == 200
    assert names() == {"Council", "Council/rents", "Council/tests"}


@pytest.mark.parametrize(("consumer", "name"), [("r" * 300, "Council/" + "r" * 247), (5, "Council/5")])
def test_consumer_of_any_name_is_a_client(accept: Accept, consumer: Any, name: str) -> None:
    accept(COUNCIL)
    assert ask(signed(good_for(**OFFICER, consumerName=consumer), KEY)).status_code == 200
    assert names() == {name}


@pytest.mark.parametrize("consumer", ["r\0ents", "\ud83d"])
def test_consumer_whose_name_cannot_be_stored_is_refused(accept: Accept, consumer: str) -> None:
    accept(COUNCIL)
    payload = json.dumps(good_for(**OFFICER, consumerName=consumer))
    bearer = _hs256(".".join(_base64(part.encode()) for part in ('{"alg": "HS256"}', payload)), KEY)
    detail = "The token names its client by characters that cannot be: get a new one."
    assert said(ask(bearer)) == problem("unauthenticated", detail)
    assert names() == set()


def test_consumer_of_another_issuer_can_be_revoked(accept: Accept) -> None:
    accept(COUNCIL)
    bearer = signed(good_for(**OFFICER, consumerName="rents"), KEY)
    assert ask(bearer).status_code == 200
    ApiClient.objects.filter(name="Council/rents").update(revoked_at="2026-01-01T00:00:00Z")
    forget_tokens()
    detail = "The token's client is revoked or unknown: ask whoever runs the service."
    assert said(ask(bearer)) == problem("unauthenticated", detail)


def test_expiry_is_needed_unless_the_setting_says_otherwise(accept: Accept) -> None:
    bearer = signed(OFFICER, KEY)
    accept(COUNCIL)
    assert said(ask(bearer)) == problem("unauthenticated", "The token lacks exp: get a new one from its issuer.")
    accept({**COUNCIL, "requires_expiry": False})
    assert ask(bearer).status_code == 200
    expired = signed(good_for(-1, **OFFICER), KEY)
    assert said(ask(expired)) == problem("unauthenticated", "The token has expired: get a new one.")


@pytest.mark.parametrize("expiry", ["null", "[]", '"never"', "1e999", "-1e999", "NaN", "9" * 400])
def test_expiry_that_is_no_time_is_refused(accept: Accept, expiry: str) -> None:
    accept({**COUNCIL, "requires_expiry": False})
    payload = json.dumps({**OFFICER, "exp": "E"}).replace('"E"', expiry)
    parts = '{"alg": "HS256"}', payload
    bearer = _hs256(".".join(_base64(part.encode()) for part in parts), KEY)
    assert said(ask(bearer)) == problem("unauthenticated", NOT_VALID)


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _hs256(signed_part: str, key: str) -> str:
    return f"{signed_part}.{_base64(hmac.digest(key.encode(), signed_part.encode(), sha256))}"


def test_issuer_with_a_public_key(accept: Accept) -> None:
    accept({**PARTNER, "key": public_pem()})
    claims = good_for(iss=PARTNER["issuer"], aud="history", scope=READ, consumerName="c")
    assert ask(signed(claims, rsa_key(), "RS256")).status_code == 200
    assert names() == {"https://partner.example/c"}
    for bearer in (
        signed(claims, rsa_key(1), "RS256"),
        signed(claims, rsa_key(), "RS512"),
        signed({**claims, "aud": "others"}, rsa_key(), "RS256"),
        signed({**claims, "aud": None}, rsa_key(), "RS256"),
    ):
        assert said(ask(bearer)) == problem("unauthenticated", NOT_VALID)


def test_public_key_signs_no_shared_key_token(accept: Accept) -> None:
    accept({**PARTNER, "key": public_pem()})
    claims = good_for(iss=PARTNER["issuer"], aud="history", scope=READ)
    for key in (public_pem(), public_pem().strip()):
        forged = unchecked({"alg": "HS256", "typ": "JWT"}, claims).rpartition(".")[0]
        assert said(ask(_hs256(forged, key))) == problem("unauthenticated", NOT_VALID)


def test_key_of_one_issuer_signs_for_no_other(accept: Accept) -> None:
    accept(COUNCIL, {**PARTNER, "key": public_pem()})
    for claims in (good_for(iss=PARTNER["issuer"], aud="history", scope=READ), good_for(iss="activity-history")):
        assert said(ask(signed(claims, KEY))) == problem("unauthenticated", NOT_VALID)


def test_names_of_claims_can_be_set(accept: Accept) -> None:
    named = {"client": ["azp", "sub"], "scope": "scp", "target_ids": "targets", "groups": []}
    accept({**COUNCIL, "claims": named})
    reader = CheckedClient(signed(good_for(iss="Council", sub="s-1", scp=READ, targets=["t-2"]), KEY))
    assert reader.about("t-1").status_code == 404
    assert names() == {"Council/s-1"}


def test_service_without_groups_has_the_scopes_of_its_name(accept: Accept) -> None:
    accept({**COUNCIL, "scopes_of_clients": {"rents": [READ]}})
    assert ask(signed(good_for(iss="Council", consumerName="rents"), KEY)).status_code == 200
    assert ask(signed(good_for(iss="Council", consumerName="repairs"), KEY)).status_code == 403
