"""Validly signed tokens that say what no database can hold."""

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings

from activities.access import READ, SEARCH, WRITE
from activities.api.issuers import own_key
from tests.api_client import CheckedClient
from tests.refusals import PATH, problem, said
from tests.shapes import activity
from tests.stored import stored
from tests.tokens import own_claims

NOT_OURS = "The token is no JWT of an issuer that is accepted here."
STRANGE = ["\0", "t-1\0", "\ud83d", "t-1\udfff"]


@pytest.fixture(autouse=True)
def _a_record(db: None) -> None:
    stored(target_id="t-1", source_domain="Person")


def signed_text(payload: str) -> str:
    """A token of ours; PyJWT refuses to write some of what it reads."""
    parts = (urlsafe_b64encode(part.encode()).rstrip(b"=") for part in ('{"alg": "HS256"}', payload))
    head = b".".join(parts)
    signature = hmac.digest(own_key(settings.SECRET_KEY).encode(), head, sha256)
    return f"{head.decode()}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def having(**claims: Any) -> CheckedClient:
    return CheckedClient(signed_text(json.dumps(own_claims(**claims))))


@pytest.mark.parametrize("name", STRANGE)
def test_client_whose_name_cannot_be_stored_is_refused(name: str) -> None:
    detail = "The token names its client by characters that cannot be: get a new one."
    assert said(having(sub=name).about("t-1")) == problem("unauthenticated", detail)


@pytest.mark.parametrize("issuer", [*STRANGE, "", [], {}, None, 5])
def test_issuer_of_any_name_is_none_of_ours(issuer: Any) -> None:
    payload = json.dumps({**own_claims(), "iss": issuer})
    assert said(CheckedClient(signed_text(payload)).about("t-1")) == problem("unauthenticated", NOT_OURS)


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("claim", ["target_ids", "source_domains"])
def test_text_that_no_record_has_lets_nothing_through(claim: str, value: str) -> None:
    reader = having(scope=f"{READ} {SEARCH}", **{claim: [value]})
    detail = "None of these targets has an activity to show: check the target ids."
    assert said(reader.about("t-1")) == problem("no-activities", detail)
    assert said(reader.about("t-1", type="update")) == problem("no-activities", detail)
    for parameters in ({}, {"type": "update"}):
        searched = reader.get(PATH, params=parameters)
        assert (searched.status_code, searched.json()["results"]) == (200, [])


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize(("claim", "good"), [("target_ids", "t-1"), ("source_domains", "Person")])
def test_text_beside_it_lets_through_what_it_names(claim: str, good: str, value: str) -> None:
    stored(target_id="t-2", source_domain="Finance")
    reader = having(scope=f"{READ} {SEARCH}", **{claim: [value, good]})
    assert [record["targetId"] for record in reader.get(PATH).json()["results"]] == ["t-1"]


@pytest.mark.parametrize("value", STRANGE)
def test_domain_that_no_record_has_may_not_be_written(value: str) -> None:
    writer = having(scope=WRITE, source_domains=[value])
    sentence = (
        "The token may not write for this source domain: use one that it names, or ask for a token that names this one."
    )
    expected = problem("domain-not-allowed", sentence, ("#/sourceDomain", sentence), at="pointer")
    assert said(writer.record(activity())) == expected


@pytest.mark.parametrize("value", STRANGE)
def test_scope_of_any_text_gives_nothing(value: str) -> None:
    detail = "The token lacks the scope activities:read: ask for one that has it."
    assert said(having(scope=value).about("t-1")) == problem("missing-scope", detail)
    assert having(scope=f"{value} {READ}").about("t-1").status_code == 200


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("claim", ["jti", "groups", "custom:groups", "name", "email"])
def test_other_claims_of_any_text_change_nothing(claim: str, value: str) -> None:
    assert having(**{claim: value}).about("t-1").status_code == 200
    assert having(**{"groups": [value]}).about("t-1").status_code == 200


@pytest.mark.parametrize("value", STRANGE)
def test_audience_of_any_text_is_refused(value: str) -> None:
    detail = "The token is not valid: get a new one from its issuer."
    assert said(having(aud=value).about("t-1")) == problem("unauthenticated", detail)
    detail = "The token's audience is neither staff nor resident."
    assert said(having(audience=value).about("t-1")) == problem("unauthenticated", detail)
