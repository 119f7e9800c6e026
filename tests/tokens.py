"""Tokens that this service did not make, or would not."""

import json
from base64 import urlsafe_b64encode
from functools import cache
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings

from activities.access import READ
from activities.api.issuer_settings import OWN_ISSUER
from activities.api.issuers import own_key


def own_claims(**changes: Any) -> dict[str, Any]:
    """Those of a good token of our own for the client `tests`; None leaves a claim out."""
    claims = {
        "iss": OWN_ISSUER,
        "aud": OWN_ISSUER,
        "sub": "tests",
        "jti": "j-1",
        "exp": int(time()) + 3600,
        "scope": READ,
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(claims: dict[str, Any], key: Any = None, algorithm: str = "HS256", **headers: Any) -> str:
    """By our own key unless told."""
    return jwt.encode(claims, key or own_key(settings.SECRET_KEY), algorithm=algorithm, headers=headers or None)


def unchecked(header: dict[str, Any], claims: Any, signature: bytes = b"") -> str:
    """Whatever the parts are; libraries refuse to write some of them."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def rsa_key(number: int = 0) -> RSAPrivateKey:
    """Always the same one of that number."""
    return _rsa_key(number)


@cache
def _rsa_key(number: int) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(number: int = 0) -> str:
    public = rsa_key(number).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def jwk(key_id: str, number: int = 0) -> dict[str, Any]:
    """As a JWKS publishes it."""
    public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(number).public_key(), as_dict=True)
    return {**public, "kid": key_id, "use": "sig"}
