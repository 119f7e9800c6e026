"""Who calls: bearer tokens, checked once and remembered until they end."""

import re
from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from time import time
from typing import Any, NamedTuple

import jwt
from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from activities.access import SCOPES, Caller, Limits
from activities.api import noted
from activities.api.issuer_settings import OWN_ISSUER, Issuer
from activities.api.issuers import KeysUnreachable, UnknownKey, Verifier, verifiers
from activities.api.problems import Problem
from activities.models import ApiClient
from activities.tagging import tagged

# A revocation takes effect within a minute on every worker: half of that leaves room for a slow look-up.
CLIENT_KNOWN_FOR_SECONDS = 30
_REMEMBERED_AT_MOST = 10_000


class _Verified(NamedTuple):
    caller: Caller
    ends: float
    client_seen: float


_verified: OrderedDict[bytes, _Verified] = OrderedDict()


def forget_tokens() -> None:
    """As after a restart."""
    _verified.clear()


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <JWT>`."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        request.META[noted.CALLER] = caller = caller_of(token.strip(), now=time())
        return caller, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="activity-history"'


def caller_of(token: str, *, now: float) -> Caller:
    """Raises AuthenticationFailed, whose text tells the cure without telling a forger what to change."""
    digest = blake2b(token.encode(), digest_size=32).digest()
    known = _verified.get(digest)
    if known and now >= known.ends:
        del _verified[digest]
        raise AuthenticationFailed("The token has expired: get a new one.")
    if known and now - known.client_seen < CLIENT_KNOWN_FOR_SECONDS:
        return known.caller
    caller, ends = (_still_welcome(known.caller), known.ends) if known else _verify(token)
    _verified[digest] = _Verified(caller, ends, now)
    _verified.move_to_end(digest)
    if len(_verified) > _REMEMBERED_AT_MOST:
        _verified.popitem(last=False)
    return caller


def _verify(token: str) -> tuple[Caller, float]:
    verifier, key_id = _verifier_of(token)
    try:
        claims = verifier.claims(token, key_id)
        ends = float(claims.get("exp", "inf"))
    except TokenBackendExpiredToken:
        raise AuthenticationFailed("The token has expired: get a new one.") from None
    except KeysUnreachable:
        detail = "The issuer's keys cannot be fetched at the moment: send the same request again in a minute."
        raise Problem("unavailable", detail, headers={"Retry-After": "60"}) from None
    except (TokenBackendError, UnknownKey, OverflowError):
        raise AuthenticationFailed("The token is not valid: get a new one from its issuer.") from None
    issuer = verifier.issuer
    needed = ["exp", "jti", "sub"] if issuer.issuer == OWN_ISSUER else ["exp"] if issuer.requires_expiry else []
    if missing := [name for name in needed if not claims.get(name)]:
        raise AuthenticationFailed(f"The token lacks {' and '.join(missing)}: get a new one from its issuer.")
    return _caller(issuer, claims), ends


def _verifier_of(token: str) -> tuple[Verifier, str | None]:
    try:
        unverified = jwt.decode_complete(token, options={"verify_signature": False})
        return verifiers()[unverified["payload"]["iss"]], unverified["header"].get("kid")
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise AuthenticationFailed("The token is no JWT of an issuer that is accepted here.") from None


def _caller(issuer: Issuer, claims: dict[str, Any]) -> Caller:
    names = issuer.claims
    audience = claims.get(names.audience, "staff")
    target_ids = _set(claims, names.target_ids)
    if audience not in ("staff", "resident"):
        raise AuthenticationFailed("The token's audience is neither staff nor resident.")
    if audience == "resident" and target_ids is None:
        raise AuthenticationFailed("A resident's token must name its target_ids.")
    client_name = next((str(claims[name]) for name in names.client if claims.get(name)), None)
    client = _client(issuer, client_name)
    caller = Caller(
        client_id=client.id,
        client_name=client.name,
        scopes=_scopes(issuer, claims, client_name),
        target_ids=target_ids,
        source_domains=_set(claims, names.source_domains),
        audience=audience,
        subject=_subject(issuer, claims),
    )
    return _as_its_row_says(caller, client)


def _as_its_row_says(caller: Caller, client: ApiClient) -> Caller:
    limits = Limits(client.requests_per_minute, client.activities_per_minute)
    return replace(
        caller,
        limits=None if limits == (None, None) else limits,
        reads_are_recorded=client.reads_are_recorded,
    )


def _subject(issuer: Issuer, claims: dict[str, Any]) -> str | None:
    """Our own tokens are a client's, which is known already."""
    given = None if issuer.issuer == OWN_ISSUER else claims.get("email") or claims.get("sub")
    return given[:255] if isinstance(given, str) and _can_be_stored(given) else None


def _set(claims: dict[str, Any], name: str) -> frozenset[str] | None:
    """None where the claim is absent. Anything but a list of strings lets nothing through, rather than all.

    Text that no record can have is left out: the database would refuse to compare it.
    """
    if name not in claims:
        return None
    value = claims[name] if isinstance(claims[name], list) else []
    return frozenset(item for item in value if isinstance(item, str) and _can_be_stored(item))


def _can_be_stored(text: str) -> bool:
    """PostgreSQL holds neither NUL nor lone surrogates."""
    return not re.search("[\0\ud800-\udfff]", text)


def _scopes(issuer: Issuer, claims: dict[str, Any], client_name: str | None) -> frozenset[str]:
    given = set(str(claims.get(issuer.claims.scope) or "").split())
    given.update(issuer.scopes_of_clients.get(client_name or "", []))
    for name in issuer.claims.groups:
        groups = claims.get(name)
        for group in groups if isinstance(groups, list) else [groups]:
            given.update(issuer.scopes_of_groups.get(str(group), []))
    return frozenset(given & set(SCOPES))


def _client(issuer: Issuer, name: str | None) -> ApiClient:
    """The row of our own clients is made with their token; another issuer's come as its tokens name them.

    Their names begin with the issuer's, so that none of them passes for a client of our own.
    """
    ours = issuer.issuer == OWN_ISSUER
    full_name = (name or "") if ours else (f"{issuer.issuer}/{name}" if name else issuer.issuer)[:255]
    if not _can_be_stored(full_name):
        raise AuthenticationFailed("The token names its client by characters that cannot be: get a new one.")
    with tagged("client_by_name"):
        client = next(iter(clients_named(full_name)), None)
    if client is None and not ours:
        client = ApiClient.objects.get_or_create(name=full_name)[0]
    if client is None or client.revoked_at is not None:
        raise AuthenticationFailed("The token's client is revoked or unknown: ask whoever runs the service.")
    return client


def clients_named(name: str) -> QuerySet[ApiClient]:
    """At most one."""
    return ApiClient.objects.filter(name=name)


def welcome_clients(id: int) -> QuerySet[ApiClient]:
    """At most one."""
    return ApiClient.objects.filter(id=id, revoked_at__isnull=True)


def _still_welcome(caller: Caller) -> Caller:
    with tagged("client_still_welcome"):
        client = next(iter(welcome_clients(caller.client_id)), None)
    if client is None:
        raise AuthenticationFailed("The token's client is revoked or unknown: ask whoever runs the service.")
    return _as_its_row_says(caller, client)


def issue_token(client: ApiClient, claims: dict[str, Any], *, now: datetime, seconds: int, token_id: str) -> str:
    """A token of our own, signed with the newest key."""
    issued = int(now.astimezone(UTC).timestamp())
    backend = verifiers()[OWN_ISSUER].newest
    return backend.encode({"sub": client.name, "iat": issued, "exp": issued + seconds, "jti": token_id, **claims})
