"""The differences between the two documents of an activity, as the API shows them.

Documents are read and written as text, with numbers as `int` or `Decimal` in between: a trip through floats
would falsify long numbers.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from operator import itemgetter
from typing import Any, TypeAlias, TypedDict

import msgspec
import orjson

from activities.json_body import escape

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "dict[str, Json]"
MembersById: TypeAlias = "dict[Hashable, tuple[int, Document]]"


class Change(TypedDict):
    """`path` is a JSON Pointer (RFC 6901)."""

    path: str
    old: Json
    new: Json


# Integers of any length stay integers.
read_document = msgspec.json.Decoder(dict[str, Any] | None, float_hook=Decimal).decode


_NUMBERS = frozenset((int, Decimal))
_PLAIN = frozenset((str, bool, int, Decimal, type(None)))


def changes(old: Document | None, new: Document | None) -> list[Change]:
    """What differs between two documents, as `read_document` reads them, in order of path.

    - A null document counts as `{}`, and a member that is null counts as one that is absent.
    - Objects are walked. A value on one side only, or of another type on the other side, is one change.
    - Arrays of objects that all have a distinct `id` are matched by it. The path has the index in `new`,
      or in `old` when the member is only there; where both are at one path, the one from `old` is first.
    - Any other array is one change as a whole.
    - Numbers are compared by value; `1`, `true` and `"1"` are three different values.
    """
    found: list[Change] = []
    _walk("", old or {}, new or {}, found)
    found.sort(key=itemgetter("path"))
    return found


def as_json(value: Any) -> bytes:
    """Changes, or a value of a document as `read_document` reads it, as JSON text to the last digit."""
    try:
        return orjson.dumps(value, default=_number)
    except orjson.JSONEncodeError:
        # Of integers, orjson itself writes those of up to 64 bits.
        return orjson.dumps(_with_long_integers(value), default=_number)


def _walk(path: str, old: Document, new: Document, found: list[Change]) -> None:
    for key in old | new:
        before, after = old.get(key), new.get(key)
        if type(before) is type(after):
            # Of one type, these are equal only where they are the same JSON value; most values are such.
            if before == after and type(after) in _PLAIN:
                continue
            if isinstance(before, dict) and isinstance(after, dict):
                _walk(f"{path}/{escape(key)}", before, after, found)
                continue
            if isinstance(before, list) and isinstance(after, list):
                _walk_arrays(f"{path}/{escape(key)}", before, after, found)
                continue
        elif before == after and type(before) in _NUMBERS and type(after) in _NUMBERS:
            continue
        found.append({"path": f"{path}/{escape(key)}", "old": before, "new": after})


def _walk_arrays(path: str, old: list[Json], new: list[Json], found: list[Change]) -> None:
    old_members, new_members = _by_id(old), _by_id(new)
    if old_members is None or new_members is None:
        if old != new or _exact(old) != _exact(new):
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


def _exact(value: Any) -> Hashable:
    """A key that is equal only for equal JSON values: for Python alone, `True == 1`."""
    if isinstance(value, dict):
        return dict, frozenset((key, _exact(member)) for key, member in value.items())
    if isinstance(value, list):
        return list, tuple(_exact(member) for member in value)
    return bool if isinstance(value, bool) else None, value


def _number(value: Decimal) -> orjson.Fragment:
    return orjson.Fragment(format(value, "f"))


def _with_long_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_long_integers(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_long_integers(member) for member in value]
    return Decimal(value) if type(value) is int else value
