"""The one token that all servers accept, and the keys they check it with."""

import secrets
import time
from dataclasses import dataclass, field

import jwt

from benchmarks.dataset import CLIENT
from config.local_files import CLONE

_HOURS = 12


@dataclass(frozen=True)
class Keys:
    """Made anew for each run."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(64))

    @property
    def jwt_key(self) -> str:
        from activities.api.issuers import own_key

        return own_key(self.secret_key)

    def environment(self) -> dict[str, str]:
        return {"SECRET_KEY": self.secret_key, "JWT_KEY": self.jwt_key, "PYTHONPATH": str(CLONE)}

    def token(self) -> str:
        """With the claims of this project and those that SimpleJWT wants besides."""
        claims = {
            "iss": "activity-history",
            "aud": "activity-history",
            "sub": CLIENT,
            "jti": secrets.token_hex(16),
            "exp": int(time.time()) + _HOURS * 3600,
            "scope": "activities:read activities:write",
            "token_type": "access",
        }
        return jwt.encode(claims, self.jwt_key, algorithm="HS256")
