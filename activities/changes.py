"""The differences between the two documents of an activity, as the API shows them.

Documents are read and written as text, with numbers as `Decimal` in between: a trip through floats
would falsify long numbers.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from decimal import Decimal
from operator import itemgetter
from typing import TypeAlias, TypedDict

import orjson

from activities.json_body import escape

Json: TypeAlias = "bool | Decimal | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "dict[str, Json]"
MembersById: TypeAlias = "dict[Hashable, tuple[int, Document]]"


class Change(TypedDict):
    """`path` is a JSON Pointer (RFC 6901)."""

    path: str
    old: Json
    new: Json


_read = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal).decode


def changes(old: bytes, new: bytes) -> bytes:
    """What differs between two documents given as JSON text, in order of path, as JSON text.

    - A null document counts as `{}`, and a member that is null counts as one that is absent.
    - Objects are walked. A value on one side only, or of another type on the other side, is one change.
    - Arrays of objects that all have a distinct `id` are matched by it. The path has the index in `new`,
      or in `old` when the member is only there; where both are at one path, the one from `old` is first.
    - Any other array is one change as a whole.
    - Numbers are compared by value; `1`, `true` and `"1"` are three different values.
    """
    found: list[Change] = []
    _walk("", _read(old.decode()) or {}, _read(new.decode()) or {}, found)
    found.sort(key=itemgetter("path"))
    return orjson.dumps(found, default=_number)


def _walk(path: str, old: Json, new: Json, found: list[Change]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            before, after = old.get(key), new.get(key)
            if before is not after:
                _walk(f"{path}/{escape(key)}", before, after, found)
    elif isinstance(old, list) and isinstance(new, list):
        _walk_arrays(path, old, new, found)
    elif type(old) is not type(new) or old != new:
        found.append(Change(path=path, old=old, new=new))


def _walk_arrays(path: str, old: list[Json], new: list[Json], found: list[Change]) -> None:
    old_members, new_members = _by_id(old), _by_id(new)
    if old_members is None or new_members is None:
        if _exact(old) != _exact(new):
            found.append(Change(path=path, old=old, new=new))
        return
    for key, (index, member) in old_members.items():
        if key not in new_members:
            found.append(Change(path=f"{path}/{index}", old=member, new=None))
    for key, (index, member) in new_members.items():
        if key in old_members:
            _walk(f"{path}/{index}", old_members[key][1], member, found)
        else:
            found.append(Change(path=f"{path}/{index}", old=None, new=member))


def _by_id(value: list[Json]) -> MembersById | None:
    """None when a member has no id or that of another."""
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


def _number(value: Decimal) -> orjson.Fragment:
    return orjson.Fragment(format(value, "f"))
