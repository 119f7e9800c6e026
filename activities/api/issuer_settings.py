"""TOKEN_ISSUERS: the issuers whose tokens are accepted beside this service's own. Read by the settings."""

from typing import Literal, Self

import jwt
from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

OWN_ISSUER = "activity-history"
_SHARED_KEY_BYTES = 32
Scope = Literal["activities:write", "activities:read", "activities:search", "history:share"]


class Claims(BaseModel):
    """The names of the claims that are read. The first `client` that a token has counts, and all its `groups`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: list[str] = ["sub"]
    scope: str = "scope"
    target_ids: str = "target_ids"
    source_domains: str = "source_domains"
    audience: str = "audience"
    groups: list[str] = ["groups", "custom:groups"]


class Issuer(BaseModel):
    """An accepted issuer, with one pinned algorithm and either a key or the address of its JWKS."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: str = Field(min_length=1)
    algorithm: Literal["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384"]
    key: str | None = None
    jwks_url: str | None = Field(None, pattern="^https?://")
    audience: str | None = None
    requires_expiry: bool = True
    claims: Claims = Claims(client=["consumerName"])
    scopes_of_groups: dict[str, list[Scope]] = {}
    scopes_of_clients: dict[str, list[Scope]] = {}

    @model_validator(mode="after")
    def _has_a_fitting_key(self) -> Self:
        if (self.key is None) == (self.jwks_url is None):
            raise ValueError("give either a key or a jwks_url")
        if self.algorithm.startswith("HS"):
            if self.key is None or len(self.key.encode()) < _SHARED_KEY_BYTES:
                raise ValueError(f"an {self.algorithm} key has at least {_SHARED_KEY_BYTES} bytes")
        elif self.key is not None:
            try:
                jwt.get_algorithm_by_name(self.algorithm).prepare_key(self.key)
            except Exception:
                raise ValueError(f"the key is no public key for {self.algorithm} in PEM form") from None
        if self.issuer == OWN_ISSUER:
            raise ValueError(f"{OWN_ISSUER} is this service's own name")
        return self


def read_issuers(text: str) -> list[Issuer]:
    """TOKEN_ISSUERS: a JSON array of issuers, or nothing."""
    try:
        issuers = TypeAdapter(list[Issuer]).validate_json(text or "[]")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "".join(f"{part}: " for part in [".".join(map(str, first["loc"]))] if part)
        raise ImproperlyConfigured(f"TOKEN_ISSUERS: {place}{first['msg']}; docs/tokens.md shows an entry.") from None
    if len({issuer.issuer for issuer in issuers}) < len(issuers):
        raise ImproperlyConfigured("TOKEN_ISSUERS: each issuer stands there once.")
    return issuers
