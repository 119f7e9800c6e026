"""The one token that all servers accept, and what they check it with. Made anew for each run."""

import json
import secrets
import time
from dataclasses import dataclass, field

import jwt

from benchmarks.dataset import CLIENT, ISSUER
from config.local_files import CLONE

_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Keys:
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    jwt_key: str = field(default_factory=lambda: secrets.token_hex(32))

    def environment(self) -> dict[str, str]:
        issuer = {"issuer": ISSUER, "algorithm": "HS256", "key": self.jwt_key, "audience": ISSUER}
        return {
            "SECRET_KEY": self.secret_key,
            "TOKEN_ISSUERS": json.dumps([issuer]),
            "JWT_KEY": self.jwt_key,
            "PYTHONPATH": str(CLONE),
        }

    def token(self) -> str:
        """With the claims that each server asks for: this project the consumerName, SimpleJWT the token_type."""
        claims = {
            "iss": ISSUER,
            "aud": ISSUER,
            "sub": f"{ISSUER}/{CLIENT}",
            "consumerName": CLIENT,
            "jti": secrets.token_hex(16),
            "exp": int(time.time()) + _SECONDS,
            "scope": "activities:read activities:write activities:search",
            "token_type": "access",
        }
        return jwt.encode(claims, self.jwt_key, algorithm="HS256")
