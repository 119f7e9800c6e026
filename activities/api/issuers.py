"""Whose tokens are accepted: this service's own, and those of the issuers that the settings name."""

import threading
from contextlib import suppress
from functools import cache
from hashlib import sha256
from time import monotonic
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenBackendExpiredToken

from activities.api.issuer_settings import OWN_ISSUER, Claims, Issuer

JWKS_TIMEOUT_SECONDS = 2
REFETCH_SECONDS = 60
KEYS_GOOD_FOR_SECONDS = 3600


def own_key(secret_key: str) -> str:
    """The key of our own tokens, so that they are not signed with what signs sessions."""
    return sha256(b"activity-history tokens\0" + secret_key.encode()).hexdigest()


class KeysUnreachable(Exception):
    """The issuer's keys cannot be fetched at the moment."""


class UnknownKey(Exception):
    """The issuer has no key of that id."""


class JwksKeys:
    """An issuer's published keys: fetched when first needed, and at most once a minute for an unknown id."""

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=JWKS_TIMEOUT_SECONDS)
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._lock = threading.Lock()

    def key(self, key_id: str | None) -> jwt.PyJWK:
        """Raises UnknownKey, or KeysUnreachable when there never was an answer."""
        with self._lock:
            wait = KEYS_GOOD_FOR_SECONDS if key_id in self._keys else REFETCH_SECONDS
            if self._fetched_at is None or monotonic() - self._fetched_at >= wait:
                self._fetched_at = monotonic()
                self._fetch()
            if key_id in self._keys:
                return self._keys[key_id]
            raise UnknownKey if self._keys else KeysUnreachable

    def _fetch(self) -> None:
        # In a thread, because the client's limit is one for each read: an answer that drips would hold up everyone.
        fetching = threading.Thread(target=self._take, daemon=True)
        fetching.start()
        fetching.join(JWKS_TIMEOUT_SECONDS)

    def _take(self) -> None:
        # Beside the client's own errors: a connection cut while it answered, and an answer that is no JSON.
        # The keys of before stay good while the issuer is down; without any, the caller is told.
        with suppress(jwt.PyJWTError, OSError, ValueError, RecursionError):
            self._keys = {key.key_id: key for key in self._client.get_signing_keys()}


class Verifier:
    """Checks the tokens of one issuer."""

    def __init__(self, issuer: Issuer, backends: list[TokenBackend], keys: JwksKeys | None = None) -> None:
        self.issuer = issuer
        self._backends = backends  # newest key first
        self._keys = keys

    @property
    def newest(self) -> TokenBackend:
        return self._backends[0]

    def claims(self, token: str, key_id: str | None) -> dict[str, Any]:
        """What the token says. Raises TokenBackendError, UnknownKey or KeysUnreachable."""
        if self._keys:
            try:
                return _backend(self.issuer, self._keys.key(key_id).key).decode(token)  # type: ignore[arg-type]
            except jwt.InvalidKeyError:
                raise UnknownKey from None
        for older_keys, backend in zip(reversed(range(len(self._backends))), self._backends, strict=True):
            try:
                return dict(backend.decode(token))  # type: ignore[arg-type]
            except TokenBackendExpiredToken:
                raise
            except TokenBackendError:
                if not older_keys:
                    raise
        raise UnknownKey


def _backend(issuer: Issuer, key: Any) -> TokenBackend:
    return TokenBackend(
        issuer.algorithm,
        signing_key=key if issuer.algorithm.startswith("HS") else "",
        verifying_key=key,
        audience=issuer.audience,
        issuer=issuer.issuer,
    )


@cache
def verifiers() -> dict[str, Verifier]:
    """By issuer. Made once for a process: they remember fetched keys."""
    own = [own_key(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    ours = Issuer.model_construct(
        issuer=OWN_ISSUER, algorithm="HS256", key=own[0], audience=OWN_ISSUER, claims=Claims()
    )
    found = {OWN_ISSUER: Verifier(ours, [_backend(ours, key) for key in own])}
    for issuer in settings.TOKEN_ISSUERS:
        if issuer.jwks_url:
            found[issuer.issuer] = Verifier(issuer, [], JwksKeys(issuer.jwks_url))
        else:
            found[issuer.issuer] = Verifier(issuer, [_backend(issuer, issuer.key)])
    return found
