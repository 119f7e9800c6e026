"""What changed, as rows of words: a label, what was there before, and what is there after."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from activities.changes import changes, read_document
from activities.wording.labels import Labels
from activities.wording.names import within_a_sentence
from activities.wording.privacy import Discretion
from activities.wording.sentences import Documents
from activities.wording.values import FORMATS, is_no_date, is_no_value

NOT_SET = "Not set"
NOT_SENT = "Not sent"
NOT_SHOWN = "Not shown"
BLANK = "Blank"
EMPTY = "Nothing"
_ZERO = "£0.00"
_NAMES = ("fullName", "name", "subType", "type", "description")
_CODED = {"code", "description"}


class Difference(NamedTuple):
    """One row. Texts stand whole and as they were written, but for what a resident is not shown."""

    label: str
    before: str
    after: str


class InWords:
    """Puts the values of one activity into words; with `discretion`, for a resident."""

    def __init__(self, target_type: str, labels: Labels, discretion: Discretion | None) -> None:
        self._target_type = target_type
        self._labels = labels
        self._discretion = discretion

    def differences(self, old: bytes, new: bytes, *, but_for: str | None = None) -> list[Difference]:
        """In the order of the table, without those within the top-level field `but_for`."""
        before, after = read_document(old), read_document(new)
        differing = changes(before, after)
        paths = {change["path"] for change in differing}
        found = [(change, _parts(change["path"])) for change in differing]
        found.sort(key=lambda each: self._labels.rank_of_field(self._target_type, each[1][0]))
        rows = []
        for change, path in found:
            holders = _holders(after, path)
            if path[0] == but_for or _is_told_by_description(change["path"], holders[-1], paths):
                continue
            field = path[-1] if isinstance(holders[-1], dict) else self._list_of(path, holders)
            sides = self._sides(field, change["old"], change["new"])
            # A bill names every amount that there could be, and most are nothing.
            if not {*sides} - {NOT_SET, NOT_SHOWN} or (self._discretion and not before and sides[1] == _ZERO):
                continue
            if not self._discretion and before and path[0] not in before:
                sides[0] = NOT_SENT
            rows.append(Difference(self._label(path, holders, change["new"] or change["old"]), *sides))
        return rows

    def _sides(self, field: str, before: Any, after: Any) -> list[str]:
        """In full where what differs is left out of the short."""
        short = [self.said(field, side) for side in (before, after)]
        return short if short[0] != short[1] else [self.said(field, side, in_full=True) for side in (before, after)]

    def said(self, field: str, value: Any, *, in_full: bool = False) -> str:
        """A field without a format of its own, or whose value the format cannot say, is said by the value's type."""
        say = self._labels.say_of_field(self._target_type, field)
        if say and not isinstance(value, list | dict) and (known := say(value)):
            return self._shown(field, known)
        match value:
            case None:
                return NOT_SET
            case bool():
                return "Yes" if value else "No"
            case int() | Decimal():
                return self._shown(field, format(value, "f") if isinstance(value, Decimal) else str(value))
            case str():
                return self._text(field, value)
            case list():
                return self._list(field, value, in_full)
            case _:
                return (None if in_full else self._in_one_go(field, value)) or self._object(value, in_full)

    def _text(self, field: str, value: str) -> str:
        if not value.strip():
            return BLANK
        if is_no_date(value) or (self._discretion and is_no_value(value)):
            return NOT_SET
        return FORMATS["moment"](value) or self._shown(field, value)

    def _shown(self, field: str, text: str) -> str:
        if not self._discretion:
            return text
        is_contact = self._labels.is_contact(self._target_type, field)
        unfit = self._discretion.unfit_but_for_contact if is_contact else self._discretion.unfit
        return NOT_SHOWN if unfit(text) else text

    def _list(self, field: str, value: list[Any], in_full: bool) -> str:
        said = [self.said(field, member, in_full=in_full) for member in value]
        between = "; " if any(isinstance(member, list | dict) for member in value) else ", "
        return between.join(each for each in said if each != NOT_SHOWN) or (NOT_SHOWN if said else EMPTY)

    def _in_one_go(self, field: str, value: dict[str, Any]) -> str | None:
        unfit = self._discretion.unfit if self._discretion else None
        sentences = self._labels.says_of_object(self._target_type, field)
        said = (sentence.said_of(Documents({}, value), unfit) for sentence in sentences)
        return next((text for text in said if text is not None), None)

    def _object(self, value: dict[str, Any], in_full: bool) -> str:
        if value.keys() == _CODED and isinstance(value["description"], str) and value["description"].strip():
            return self._text("description", value["description"])
        unsaid = {"id"} if not in_full and any(FORMATS["text"](value.get(name)) for name in _NAMES) else set()
        members = [(name, member) for name, member in value.items() if member is not None and name not in unsaid]
        said = [(name, member, self.said(name, member, in_full=in_full)) for name, member in members]
        shown = [self._pair(*each) for each in said if each[2] != NOT_SHOWN]
        return ", ".join(shown) or (NOT_SHOWN if said else EMPTY)

    def _pair(self, name: str, value: Any, said: str) -> str:
        label = self._field_label(name)
        return f"{label} ({said})" if isinstance(value, list | dict) and value else f"{label}: {said}"

    def _field_label(self, name: str) -> str:
        label = self._labels.of_field(self._target_type, name)
        # It may come to stand with a small first letter, as in "Address: line 1".
        unfit = self._discretion and (self._discretion.unfit(label) or self._discretion.unfit(within_a_sentence(label)))
        return "Other" if unfit else label

    def _label(self, path: list[str], holders: list[Any], changed: Any) -> str:
        """ "Address: line 1", and for a member of a list by what it is called: "Household members: Ngozi Bell"."""
        labels: list[str] = []
        for holder, part in zip(holders, path, strict=True):
            if isinstance(holder, list):
                is_whole = len(labels) == len(path) - 1
                labels.append(self._member_label(changed if is_whole else holder[int(part)], part))
            else:
                label = self._field_label(part)
                labels.append(within_a_sentence(label) if labels else label)
        if _is_coded(holders[-1]) and path[-1] == "description":
            labels = labels[:-1] or labels
        return ": ".join(labels)

    def _member_label(self, member: Any, index: str) -> str:
        texts = (FORMATS["text"](member.get(name)) for name in _NAMES) if isinstance(member, dict) else ()
        name = next((text for text in texts if text), None)
        if name is None or (self._discretion and self._discretion.unfit(name)):
            return str(int(index) + 1)
        return name

    @staticmethod
    def _list_of(path: list[str], holders: list[Any]) -> str:
        """The field whose value the list is that a changed member stands in."""
        return next((part for part, holder in zip(path[::-1], holders[::-1], strict=True) if isinstance(holder, dict)))


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _holders(document: Any, path: list[str]) -> list[Any]:
    """What each part of the path is looked up in, in the new document: only what both have is walked into."""
    holders = [document or {}]
    for part in path[:-1]:
        holder = holders[-1]
        holders.append(holder[int(part)] if isinstance(holder, list) else holder.get(part))
    return holders


def _is_coded(holder: Any) -> bool:
    return isinstance(holder, dict) and holder.keys() == _CODED


def _is_told_by_description(path: str, holder: Any, paths: set[str]) -> bool:
    """Is it the code of {code, description}, whose description has changed with it?"""
    if not path.endswith("/code") or not _is_coded(holder):
        return False
    return f"{path.removesuffix('code')}description" in paths
