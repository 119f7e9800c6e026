"""Sentences of the table, compiled once: when one may be said, and what is put into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from activities.wording.members import NEEDING_BOTH, joined, total
from activities.wording.names import made_label
from activities.wording.values import FORMATS, Say, is_no_value

_PLACEHOLDER = re.compile(r"\{([^{}:]*)(?::([^{}:]*))?(?::([^{}:]*))?\}")

_OPPOSING = frozenset((" to ", " instead of ", " replaced by "))


class Documents(NamedTuple):
    """A missing one is empty."""

    old: dict[str, Any]
    new: dict[str, Any]


Condition: TypeAlias = Callable[[Documents], bool]
Fill: TypeAlias = Callable[[Documents], str | None]
Unfit: TypeAlias = Callable[[str], bool]


class SentenceUnreadable(ValueError):
    """What is wrong with a sentence, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`pieces` is the text around what `fills` put in. `fields` are the top-level fields that it depends on."""

    conditions: tuple[Condition, ...]
    pieces: tuple[str, ...]
    fills: tuple[Fill, ...]
    fields: frozenset[str]

    def said_of(self, documents: Documents, unfit: Unfit | None) -> str | None:
        """None where a condition does not hold, a value is missing or malformed, or is `unfit` for the reader."""
        for condition in self.conditions:
            if not condition(documents):
                return None
        said, before = [self.pieces[0]], None
        for fill, piece in zip(self.fills, self.pieces[1:], strict=True):
            value = fill(documents)
            if value is None or (unfit and unfit(value)):
                return None
            # What is said in the same words on both sides did not change for the reader: "from Bell to Bell".
            if value == before and said[-1].strip("“”") in _OPPOSING:
                return None
            said += (value, piece)
            before = value
        return "".join(said)


class Place(NamedTuple):
    """Where a value stands: `chargedAmount`, `paymentPlan.amount` (of the new document) or `old.surname`."""

    in_old: bool
    path: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Place:
        side, _, rest = text.partition(".")
        path = tuple((rest if side in ("old", "new") else text).split("."))
        if not all(path):
            raise SentenceUnreadable(f"“{text}” is no field: write a field's name, such as old.surname.")
        return cls(side == "old", path)

    def reader(self) -> Callable[[Documents], Any]:
        """Most fields are top-level, and up to fifty sentences look one up for each row of a page."""
        side = int(not self.in_old)
        if len(self.path) == 1:
            name = self.path[0]
            return lambda documents: documents[side].get(name)
        return lambda documents: reduce(_member, self.path, documents[side])


def _member(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, dict) else None


@dataclass(frozen=True, slots=True)
class Formats:
    """The ways of saying a value: those of `values`, and those that need the table's own codes."""

    codes: Mapping[str, Mapping[str, str]]
    acronyms: frozenset[str]
    field_formats: Mapping[str, str]

    def say(self, name: str, argument: str, field: str) -> Say:
        """Raises SentenceUnreadable."""
        if name == "code":
            table = argument or field
            if table not in self.codes:
                raise SentenceUnreadable(f"there is no code table “{table}”: use one of {_all(self.codes)}, or add it.")
            return coded(self.codes[table], self.acronyms)
        if name == "total" and argument:
            return total(argument, self.codes.get("frequency", {}))
        if name not in FORMATS:
            known = _all((*FORMATS, "code", "total", *NEEDING_BOTH))
            raise SentenceUnreadable(f"there is no format “{name}”: use one of {known}; the last five need a member.")
        if argument:
            raise SentenceUnreadable(f"the format “{name}” takes nothing after it: leave “:{argument}” out.")
        return FORMATS[name]

    def fill(self, placeholder: tuple[str, str, str]) -> tuple[Fill, str]:
        """What it puts in, and its top-level field. Raises SentenceUnreadable."""
        place, (_, name, argument) = Place.of(placeholder[0]), placeholder
        if name in NEEDING_BOTH and argument:
            old, new = Place(True, place.path).reader(), Place(False, place.path).reader()
            members = NEEDING_BOTH[name]
            return lambda both: joined(members(old(both), new(both), argument)), place.path[0]
        named, _, default_argument = self.field_formats.get(place.path[-1], "text").partition(":")
        say = self.say(name, argument, place.path[-1]) if name else self.say(named, default_argument, place.path[-1])
        read = place.reader()
        return lambda both: say(read(both)), place.path[0]


def coded(table: Mapping[str, str], acronyms: frozenset[str]) -> Say:
    """A code that the table does not have is said by a label made from it: vocabularies are open."""

    def say(value: Any) -> str | None:
        if isinstance(value, bool):
            return table.get("true" if value else "false")
        if isinstance(value, int):
            return table.get(str(value))
        known = table.get(value) if isinstance(value, str) else None
        made = known or FORMATS["text"](value)
        return known or (made and made_label(made, acronyms))

    return say


def compiled(text: str, conditions: Iterable[tuple[Condition, Iterable[str]]], formats: Formats) -> Sentence:
    """Each condition comes with the top-level fields that it looks at. Raises SentenceUnreadable."""
    pieces, fills, fields, end = [], [], set[str](), 0
    for match in _PLACEHOLDER.finditer(text):
        fill, field = formats.fill((match[1], match[2] or "", match[3] or ""))
        pieces.append(text[end : match.start()])
        fills.append(fill)
        fields.add(field)
        end = match.end()
    pieces.append(text[end:])
    if any("{" in piece or "}" in piece for piece in pieces):
        raise SentenceUnreadable("a brace is left over: write a placeholder as {field:format} or {field:format:table}.")
    tests = list(conditions)
    looked_at = fields.union(*(names for _, names in tests))
    return Sentence(tuple(test for test, _ in tests), tuple(pieces), tuple(fills), frozenset(looked_at))


def equals(place: Place, wanted: Collection[object]) -> Condition:
    """Compared as JSON values: true is not 1."""
    read, values = place.reader(), {(isinstance(value, bool), value) for value in wanted}
    texts = frozenset(value for value in wanted if isinstance(value, str))

    def holds(documents: Documents) -> bool:
        value = read(documents)
        if isinstance(value, str):
            return value in texts
        return isinstance(value, int | Decimal) and (isinstance(value, bool), value) in values

    return holds


def has(place: Place) -> Condition:
    read = place.reader()
    return lambda documents: not is_no_value(read(documents))


def emptied(name: str) -> Condition:
    """A member that the new document does not carry may still have its value."""
    return lambda documents: (
        not is_no_value(documents.old.get(name)) and name in documents.new and is_no_value(documents.new[name])
    )


def changed(fields: Iterable[str], *, nothing_else: bool) -> Condition:
    """At least one of these top-level fields differs, and with `nothing_else` no other does."""
    names = frozenset(fields)

    def holds(documents: Documents) -> bool:
        old, new = documents
        if not any(old.get(name) != new.get(name) for name in names):
            return False
        return not nothing_else or all(old.get(name) == new.get(name) for name in old | new if name not in names)

    return holds


def _all(names: Iterable[str]) -> str:
    return ", ".join(names)
