"""What is said of a list of objects: which members came or went, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from activities.wording.names import listed
from activities.wording.values import LONGEST_IN_A_SENTENCE, Say, as_number, exact_sum, money, text

Names = list[str | None]


def added(old: Any, new: Any, name: str) -> Names:
    """What the members that only the new list has are called, by their member `name`."""
    return removed(new, old, name)


def removed(old: Any, new: Any, name: str) -> Names:
    """What the members that only the old list has are called."""
    gone, kept = _objects(old), _objects(new)
    if gone is None or kept is None:
        return []
    # As in `changes`, members that all have an id are the same by it, whatever they are called now.
    key = "id" if all(member.get("id") is not None for member in gone + kept) else name
    still_there = {_sameness(member.get(key)) for member in kept}
    return [text(member.get(name)) for member in gone if _sameness(member.get(key)) not in still_there]


def only_added(old: Any, new: Any, name: str) -> Names:
    """None of them where others were removed: it would be half of the truth."""
    return [] if removed(old, new, name) else added(old, new, name)


def only_removed(old: Any, new: Any, name: str) -> Names:
    return only_added(new, old, name)


def _sameness(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


NEEDING_BOTH: dict[str, Callable[[Any, Any, str], Names]] = {
    "added": added,
    "removed": removed,
    "only_added": only_added,
    "only_removed": only_removed,
}


def joined(names: Names) -> str | None:
    """None where there is none, one has no name, or they are too many to be read."""
    known = [name for name in names if name is not None]
    said = listed(known)
    return said if said and len(known) == len(names) and len(said) <= LONGEST_IN_A_SENTENCE else None


def total(member: str, frequencies: Mapping[str, str]) -> Say:
    """The sum of an amount of each member: "£302.75 a year". None where they are not all for the same time."""

    def say(value: Any) -> str | None:
        members = _objects(value)
        amounts = [as_number(each.get(member)) for each in members or ()]
        known = [amount for amount in amounts if amount is not None]
        times = [each.get("frequency") for each in members or ()]
        if not known or len(known) < len(amounts) or any(time != times[0] for time in times):
            return None
        if times[0] is None:
            return money(exact_sum(known))
        each_time = frequencies.get(times[0]) if isinstance(times[0], str) else None
        return f"{money(exact_sum(known))} {each_time}" if each_time else None

    return say


def _objects(value: Any) -> list[dict[str, Any]] | None:
    if value is None:
        return []
    return value if isinstance(value, list) and all(isinstance(member, dict) for member in value) else None
