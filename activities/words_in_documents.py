"""Looking through all documents for words, such as a name that is about to be erased."""

from collections.abc import Callable, Iterable
from typing import Any
from unicodedata import normalize
from uuid import UUID

import orjson

from activities import statements
from activities.models import Author
from activities.postgres_formats import texts

_SEARCHED_AT_ONCE = 10_000
_LONG_ID = 16
# What may stand around a number in the text of a jsonb.
_BEFORE, _BEHIND = (": ", ", ", "["), (",", "}", "]")


def targets_naming(
    authors: Iterable[Author], *, stop: Callable[[], bool], progress: Callable[[int], None]
) -> list[str] | None:
    """Targets whose documents hold an id, a name or an e-mail of these authors; None when it was stopped.

    Reads every document, in batches; `progress` gets the activities looked through so far.
    """
    parts, whole = set[str](), set[str]()
    for author in authors:
        parts |= {_pattern(form) for word in (author.full_name, author.email) if word for form in _forms(word)}
        if author.identifier:
            # A short id stands in every document somewhere, so it must be the whole of a string or number.
            long = len(author.identifier) >= _LONG_ID
            (parts if long else whole).add(_pattern(author.identifier, quoted=not long))
            if author.identifier.isdecimal() and author.identifier.isascii():
                whole |= {f"%{before}{author.identifier}{behind}%" for before in _BEFORE for behind in _BEHIND}
    found: set[str] = set()
    given: dict[str, Any] = {"parts": texts(parts), "whole": texts(whole), "rows": _SEARCHED_AT_ONCE}
    after, looked_at = UUID(int=0), 0
    while parts and not stop():
        [(last, count, targets)] = statements.run("targets_naming", {**given, "after": after})
        if last is None:
            return sorted(found)
        found |= set(orjson.loads(targets or b"[]"))
        after, looked_at = UUID(bytes=last), looked_at + int.from_bytes(count or b"", "big")
        progress(looked_at)
    return None if parts else []


def _forms(word: str) -> set[str]:
    """An accented letter is one character or two."""
    return {normalize("NFC", word), normalize("NFD", word), word}


def _pattern(word: str, *, quoted: bool = False) -> str:
    """For LIKE, finding the word in the text of a document."""
    in_json = orjson.dumps(word).decode()
    text = in_json if quoted else in_json[1:-1]
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
