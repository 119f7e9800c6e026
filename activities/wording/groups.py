"""The groups under which service users look for activities. Each can be turned into a condition on the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from activities.wording.file import GroupPartShape, WordingShape, place
from activities.wording.kinds import KindName


class GroupPart(NamedTuple):
    """Activities of one of these kinds and, where there is a `member`, with one of these texts as it in newData."""

    kinds: tuple[KindName, ...]
    member: str | None
    values: tuple[str, ...]

    def contains(self, kind: KindName, new: dict[str, Any]) -> bool:
        return kind in self.kinds and (self.member is None or new.get(self.member) in self.values)


class Group(NamedTuple):
    """What one of its `parts` contains. No activity is in two groups; many are in none."""

    slug: str
    heading: str
    description: str
    parts: tuple[GroupPart, ...]

    def contains(self, kind: KindName, new: dict[str, Any]) -> bool:
        return any(part.contains(kind, new) for part in self.parts)


def read_groups(shape: WordingShape, kinds: Collection[KindName], faults: list[str]) -> tuple[Group, ...]:
    """Adds to `faults` what is wrong with them."""
    known = {f"{kind.target_type}/{kind.type}": kind for kind in kinds}
    claimed: dict[tuple[str, str | None], str] = {}
    for index, group in enumerate(shape.groups):
        for number, part in enumerate(group.parts):
            where = place("groups", index, "parts", number)
            faults += [f"{where}: {fault}" for fault in _faults_of(part, known)]
            for claim in _claims(part):
                if other := _other_group(claimed, claim, group.slug):
                    faults.append(f"{where}: {_named(claim)} is in “{other}” already: leave it in one of them.")
                claimed[claim] = group.slug
    return tuple(
        Group(
            group.slug,
            group.heading,
            group.description,
            tuple(
                GroupPart(tuple(known[name] for name in part.kinds if name in known), part.member, tuple(part.values))
                for part in group.parts
            ),
        )
        for group in shape.groups
    )


def _claims(part: GroupPartShape) -> list[tuple[str, str | None]]:
    values: list[str | None] = [*part.values] if part.member else [None]
    return [(kind, value) for kind in part.kinds for value in values]


def _other_group(claimed: dict[tuple[str, str | None], str], claim: tuple[str, str | None], slug: str) -> str | None:
    """The group that some activity would be in as well."""
    kind, value = claim
    for (its_kind, its_value), its_slug in claimed.items():
        if its_kind == kind and its_slug != slug and (value is None or its_value in (None, value)):
            return its_slug
    return None


def _named(claim: tuple[str, str | None]) -> str:
    kind, value = claim
    return f"{kind} with {value}" if value else kind


def _faults_of(part: GroupPartShape, known: Collection[str]) -> list[str]:
    faults = [
        f"there is no kind {name}: write targetType/type as in targets." for name in part.kinds if name not in known
    ]
    if bool(part.member) != bool(part.values):
        faults.append("member and values go together: give both, or neither.")
    return faults
