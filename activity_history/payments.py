"""Where a resident may be sent to pay: the address comes from a sender's data, so it is trusted for nothing."""

import re
from collections.abc import Collection

_LONGEST = 2_000
# Whatever browsers and libraries read differently is left out: users, other ports, backslashes, white space.
_ADDRESS = re.compile(r"https://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::443)?(?:[/?#][!-\[\]-~]*)?", re.ASCII)


def payment_address(sent: str | None, hosts: Collection[str]) -> str | None:
    """The address as it was sent; None unless it is plainly HTTPS to one of these hosts, in lower case."""
    found = _ADDRESS.fullmatch(sent) if sent and len(sent) <= _LONGEST else None
    return sent if found and found[1].lower() in hosts else None
