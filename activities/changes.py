"""The differences between the two documents of an activity, as the API shows them.

Documents are read and written as text, with numbers as `Decimal` in between: a trip through floats
would falsify long numbers.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from decimal import Decimal
from typing import TypeAlias, TypedDict

import orjson

from activities.json_body import escape

Json: TypeAlias = "bool | Decimal | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "dict[str, Json]"
Found: TypeAlias = "tuple[str, Json, Json]"
MembersById: TypeAlias = "dict[Hashable, tuple[int, Document]]"


class Change(TypedDict):
    """`path` is a JSON Pointer (RFC 6901); the values are JSON text for `orjson.dumps` to pass through."""

    path: str
    old: orjson.Fragment
    new: orjson.Fragment


def changes(old: str | bytes | None, new: str | bytes | None) -> list[Change]:
    """What differs between two documents given as JSON text, in order of path.

    - A null document counts as `{}`, and a member that is null counts as one that is absent.
    - Objects are walked. A value on one side only, or of another type on the other side, is one change.
    - Arrays of objects that all have a distinct `id` are matched by it. The path has the index in `new`,
      or in `old` when the member is only there; where both are at one path, the one from `old` is first.
    - Any other array is one change as a whole.
    - Numbers are compared by value; `1`, `true` and `"1"` are three different values.
    """
    found = sorted(_walk("", _document(old), _document(new)), key=lambda each: each[0])
    return [Change(path=path, old=_text(before), new=_text(after)) for path, before, after in found]


def _document(text: str | bytes | None) -> Document:
    if text is None:
        return {}
    document: Document | None = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    return document or {}


def _walk(path: str, old: Json, new: Json) -> Iterator[Found]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from _walk(f"{path}/{escape(key)}", old.get(key), new.get(key))
        return
    old_members, new_members = _by_id(old), _by_id(new)
    if old_members is not None and new_members is not None:
        yield from _walk_members(path, old_members, new_members)
    elif _exact(old) != _exact(new):
        yield path, old, new


def _walk_members(path: str, old: MembersById, new: MembersById) -> Iterator[Found]:
    for key, (index, member) in old.items():
        if key not in new:
            yield f"{path}/{index}", member, None
    for key, (index, member) in new.items():
        if key in old:
            yield from _walk(f"{path}/{index}", old[key][1], member)
        else:
            yield f"{path}/{index}", None, member


def _by_id(value: Json) -> MembersById | None:
    """None when the value is no array, or a member has no id or that of another."""
    if not isinstance(value, list):
        return None
    members: MembersById = {}
    for index, member in enumerate(value):
        if not isinstance(member, dict) or member.get("id") is None:
            return None
        members[_exact(member["id"])] = index, member
    return members if len(members) == len(value) else None


def _exact(value: Json) -> Hashable:
    """A key that is equal only for equal JSON values: for Python alone, `True == Decimal(1)`."""
    if isinstance(value, dict):
        return dict, frozenset((key, _exact(member)) for key, member in value.items())
    if isinstance(value, list):
        return list, tuple(_exact(member) for member in value)
    return type(value), value


def _text(value: Json) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value, default=_number))


def _number(value: Decimal) -> orjson.Fragment:
    return orjson.Fragment(format(value, "f"))
