"""The two documents of an activity side by side, member by member, with what differs marked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from activities.changes import as_json, changes, read_document
from activities.json_body import escape

# The largest document has some ten thousand members; all of it stands as JSON beside the table.
MOST_LINES = 500
_LONGEST = 2_000


class Line(NamedTuple):
    """`path` is a JSON Pointer; `before` and `after` are JSON text, empty where there is nothing. `mark` is what
    happened to it: changed, added, removed, or nothing at all."""

    path: str
    before: str
    after: str
    mark: str


class Comparison(NamedTuple):
    """`more`: how many lines were left out; those that differ stay longest."""

    lines: list[Line]
    more: int


def compare(old: bytes, new: bytes) -> Comparison:
    """Differences are those that the API tells as `changes`; what is the same on both sides stands between them."""
    before, after = read_document(old), read_document(new)
    changed = [_changed(change["path"], change["old"], change["new"]) for change in changes(before, after)]
    covered = {line.path for line in changed if line.mark != "removed"}
    # A member that is null counts as absent, so a removed one may still stand there.
    gone = {line.path for line in changed}
    above = {path[:index] for path in covered for index, letter in enumerate(path) if letter == "/" and index}
    same = [
        Line(path, text, text, "")
        for path, value in _members("", after or {}, covered, above)
        if not (value is None and path in gone)
        for text in [_text(value)]
    ]
    shown = (changed + same)[:MOST_LINES]
    return Comparison(sorted(shown, key=lambda line: line.path), len(changed) + len(same) - len(shown))


def _changed(path: str, old: Any, new: Any) -> Line:
    mark = "added" if old is None else "removed" if new is None else "changed"
    before, after = ("" if side is None else _text(side) for side in (old, new))
    return Line(path, before, after, mark)


def _members(path: str, value: Any, covered: set[str], above: set[str]) -> Iterator[tuple[str, Any]]:
    """The members without those that have changed; a list in which nothing has is one of them."""
    if path in covered:
        return
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _members(f"{path}/{escape(name)}", member, covered, above)
    elif isinstance(value, list) and path in above:
        for index, member in enumerate(value):
            yield from _members(f"{path}/{index}", member, covered, above)
    elif path:
        yield path, value


def _text(value: Any) -> str:
    text = as_json(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
