"""What a caller may read and write, from the claims of its token."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

WRITE = "activities:write"
READ = "activities:read"
SEARCH = "activities:search"
SHARE = "history:share"
SCOPES = (WRITE, READ, SEARCH, SHARE)

# How long a viewer link lasts at most.
LONGEST_LINK_MINUTES = 60

Audience = Literal["staff", "resident"]


class Limits(NamedTuple):
    """What a client may ask for in a minute; None is no limit."""

    requests: int | None
    activities: int | None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. None in `target_ids` or `source_domains` is no restriction; an empty set lets nothing through.

    `subject` is the person or service that another issuer's token names, beside its client.
    """

    client_id: int
    client_name: str
    scopes: frozenset[str]
    target_ids: frozenset[str] | None
    source_domains: frozenset[str] | None
    audience: Audience = "staff"
    subject: str | None = None
    limits: Limits | None = None
    reads_are_recorded: bool = False

    is_authenticated = True

    def readable_targets(self, target_ids: Iterable[str]) -> list[str]:
        return [id for id in target_ids if self.target_ids is None or id in self.target_ids]

    def may_read(self, target_id: str, source_domain: str | None) -> bool:
        return (self.target_ids is None or target_id in self.target_ids) and self.may_use_domain(source_domain)

    def may_use_domain(self, source_domain: str | None) -> bool:
        """Null is no domain of a list."""
        return self.source_domains is None or source_domain in self.source_domains
