import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from time import time
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from rest_framework.exceptions import AuthenticationFailed

from activities.access import READ, Caller
from activities.api.authentication import caller_of, forget_tokens
from activities.api.issuers import own_key, verifiers
from activities.models import ApiClient
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.stored import stored
from tests.tokens import own_claims, signed, unchecked

NO_TOKEN = "Send a bearer token: `Authorization: Bearer …`."
NOT_OURS = "The token is no JWT of an issuer that is accepted here."
NOT_VALID = "The token is not valid: get a new one from its issuer."
EXPIRED = "The token has expired: get a new one."
UNKNOWN = "The token's client is revoked or unknown: ask whoever runs the service."
REALM = 'Bearer realm="activity-history"'
KEY = "0123456789abcdef" * 4


def ask(authorization: str | None) -> httpx.Response:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return CheckedClient().get("/api/v1/activities?targetId=t-1", headers=headers)


def ask_with(bearer: str) -> httpx.Response:
    return ask(f"Bearer {bearer}")


@pytest.fixture(autouse=True)
def client(db: None) -> ApiClient:
    stored(target_id="t-1")
    return ApiClient.objects.get(name="tests")


@pytest.fixture
def fresh_verifiers() -> Iterator[None]:
    renew_verifiers()
    yield
    verifiers.cache_clear()


def test_good_token_is_let_in() -> None:
    assert ask_with(signed(own_claims())).status_code == 200


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", " Bearer", "Bearer "])
def test_scheme_is_matched_without_regard_to_case(scheme: str) -> None:
    assert ask(f"{scheme} {token(READ)}").status_code == 200


@pytest.mark.parametrize("authorization", [None, "", "Basic dGVzdHM6dGVzdHM=", "Token x", "Bearerx"])
def test_without_a_token_the_answer_asks_for_one(authorization: str | None) -> None:
    response = ask(authorization)
    assert said(response) == problem("unauthenticated", NO_TOKEN)
    assert response.headers["www-authenticate"] == REALM


def refused_as(response: httpx.Response, detail: str) -> bool:
    assert said(response) == problem("unauthenticated", detail)
    assert response.headers["www-authenticate"] == f'{REALM}, error="invalid_token"'
    return True


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "a.b.c.d", ".." * 20, "x" * 20_000])
def test_what_is_no_token_is_refused(bearer: str) -> None:
    assert refused_as(ask_with(bearer), NOT_OURS)


@pytest.mark.parametrize("payload", ["text", None, [], {}, {"iss": None}, {"iss": ["activity-history"]}, {"iss": {}}])
def test_payload_that_names_no_issuer_is_refused(payload: Any) -> None:
    assert refused_as(ask_with(unchecked({"alg": "HS256"}, payload, b"x")), NOT_OURS)


@pytest.mark.parametrize("payload", ["[" * 5_000, '{"iss":' * 5_000, "1" * 5_000, '{"iss": ' + "1" * 5_000 + "}"])
def test_payload_that_is_hard_to_read_is_refused(payload: str) -> None:
    part = urlsafe_b64encode(payload.encode()).rstrip(b"=").decode()
    assert refused_as(ask_with(f"{unchecked({'alg': 'HS256'}, {}).split('.')[0]}.{part}.eA"), NOT_OURS)
    assert refused_as(ask_with(f"{part}.{part}.eA"), NOT_OURS)


def test_token_of_an_issuer_that_is_not_configured_is_refused() -> None:
    assert refused_as(ask_with(signed(own_claims(iss="elsewhere"))), NOT_OURS)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS512", "RS256", "", None, 1])
def test_header_cannot_choose_the_algorithm(algorithm: Any) -> None:
    response = ask_with(unchecked({"typ": "JWT", "alg": algorithm}, own_claims()))
    assert refused_as(response, said(response)["detail"])
    assert said(response)["detail"] in (NOT_VALID, NOT_OURS)


def test_good_signature_by_another_algorithm_is_refused() -> None:
    assert refused_as(ask_with(signed(own_claims(), algorithm="HS512")), NOT_VALID)


@pytest.mark.parametrize("key", [KEY, "activity-history" * 4])
def test_token_signed_with_another_key_is_refused(key: str) -> None:
    assert refused_as(ask_with(signed(own_claims(), key)), NOT_VALID)


def test_key_of_sessions_signs_no_token(settings: Any) -> None:
    assert refused_as(ask_with(signed(own_claims(), settings.SECRET_KEY)), NOT_VALID)


def test_altered_payload_is_refused() -> None:
    header, payload, signature = signed(own_claims()).split(".")
    other = signed(own_claims(scope="activities:read activities:search")).split(".")[1]
    assert other != payload
    assert refused_as(ask_with(f"{header}.{other}.{signature}"), NOT_VALID)


@pytest.mark.parametrize("audience", ["elsewhere", ["elsewhere"], None])
def test_token_for_another_audience_is_refused(audience: Any) -> None:
    assert refused_as(ask_with(signed(own_claims(aud=audience))), NOT_VALID)


def test_expired_token_is_refused() -> None:
    assert refused_as(ask_with(signed(own_claims(exp=int(time()) - 1))), EXPIRED)


def test_token_of_the_future_is_refused() -> None:
    assert refused_as(ask_with(signed(own_claims(nbf=int(time()) + 3600))), NOT_VALID)


@pytest.mark.parametrize(
    ("missing", "named"),
    [(["exp"], "exp"), (["jti"], "jti"), (["sub"], "sub"), (["exp", "jti", "sub"], "exp and jti and sub")],
)
def test_our_own_tokens_need_their_claims(missing: list[str], named: str) -> None:
    bearer = signed(own_claims(**dict.fromkeys(missing)))
    assert refused_as(ask_with(bearer), f"The token lacks {named}: get a new one from its issuer.")


@pytest.mark.parametrize("change", [{"exp": "tomorrow"}, {"exp": [1]}, {"jti": 7}, {"sub": 7}, {"iat": "now"}])
def test_claims_of_a_wrong_type_are_refused(settings: Any, change: dict[str, Any]) -> None:
    claims = own_claims(**change)
    header = {"alg": "HS256", "typ": "JWT"}
    head, payload, _ = unchecked(header, claims).split(".")
    digest = hmac.digest(own_key(settings.SECRET_KEY).encode(), f"{head}.{payload}".encode(), sha256)
    assert refused_as(ask_with(unchecked(header, claims, digest)), NOT_VALID)


def test_audience_that_is_neither_staff_nor_resident_is_refused() -> None:
    bearer = signed(own_claims(audience="admin"))
    assert refused_as(ask_with(bearer), "The token's audience is neither staff nor resident.")


def test_unknown_client_is_refused() -> None:
    assert refused_as(ask_with(signed(own_claims(sub="nobody"))), UNKNOWN)
    assert not ApiClient.objects.filter(name="nobody").exists()


def test_revoked_client_is_refused_at_once_where_nothing_is_remembered(client: ApiClient) -> None:
    ApiClient.objects.filter(id=client.id).update(revoked_at=datetime.now(UTC))
    assert refused_as(ask_with(token(READ)), UNKNOWN)


def test_revocation_takes_effect_within_a_minute(client: ApiClient) -> None:
    bearer, now = token(READ), time()
    known = caller_of(bearer, now=now)
    ApiClient.objects.filter(id=client.id).update(revoked_at=datetime.now(UTC))
    assert caller_of(bearer, now=now + 29) == known
    with pytest.raises(AuthenticationFailed, match="revoked or unknown"):
        caller_of(bearer, now=now + 30)
    with pytest.raises(AuthenticationFailed, match="revoked or unknown"):
        caller_of(bearer, now=now + 31)
    ApiClient.objects.filter(id=client.id).update(revoked_at=None)
    assert caller_of(bearer, now=now + 32) == known


def test_remembered_token_ends_when_it_expires() -> None:
    bearer, now = token(READ, seconds=20), time()
    caller_of(bearer, now=now)
    assert isinstance(caller_of(bearer, now=now + 18), Caller)
    with pytest.raises(AuthenticationFailed, match="expired"):
        caller_of(bearer, now=now + 20)


def test_remembered_token_is_not_looked_up_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    bearer = token(READ)
    with CaptureQueriesContext(connection) as first:
        ask_with(bearer)
    assert ["api_client" in query["sql"] for query in first.captured_queries] == [True]
    with django_assert_num_queries(0):
        assert ask_with(bearer).status_code == 200
    forget_tokens()
    with django_assert_num_queries(1):
        assert ask_with(bearer).status_code == 200


def test_key_of_before_is_accepted_and_signs_nothing_new(settings: Any, fresh_verifiers: None) -> None:
    before = token(READ)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [settings.SECRET_KEY]
    renew_verifiers()
    assert ask_with(before).status_code == 200
    new = token(READ)
    settings.SECRET_KEY_FALLBACKS = []
    renew_verifiers()
    assert ask_with(new).status_code == 200
    assert refused_as(ask_with(before), NOT_VALID)


def test_expired_token_of_the_key_before_is_said_to_be_expired(settings: Any, fresh_verifiers: None) -> None:
    before = signed(own_claims(exp=int(time()) - 1))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [settings.SECRET_KEY]
    renew_verifiers()
    assert refused_as(ask_with(before), EXPIRED)


def renew_verifiers() -> None:
    verifiers.cache_clear()
    forget_tokens()
