"""What of an activity's text a reader gets: documents cut down to what residents may see, and the author."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from activities.changes import Document, read_document
from activities.wording.file import Audience
from activities.wording.kinds import Kind
from activities.wording.names import UUID

NOTHING = b"null"
_AUTHOR_NOT_SHOWN = b'{"id":null,"fullName":null,"email":null}'
# A name of programs, a UUID, JSON, an e-mail address, a value that programs have for none.
_NOT_FOR_RESIDENTS = re.compile(
    r"(?<![A-Za-z])[a-z]+[0-9]*[A-Z]"
    rf"|{UUID.pattern}"
    r"|[{}]|\[\s*\"|\"\s*:|\[\s*-?[0-9.]+\s*(?:,\s*-?[0-9.]+\s*)*\]"
    r"|\b(?:null|NULL|undefined|NaN)\b"
)
_E_MAIL_ADDRESS = re.compile(r"\S@\S")
_WORD = re.compile(r"\w+")

_NIL = "00000000-0000-0000-0000-000000000000"
_members = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)
_author = msgspec.json.Decoder(dict[str, str | None]).decode


class StoredRecord(msgspec.Struct, frozen=True):
    """What is read of a record's text to put it into words, and whose it is."""

    type: str
    targetType: str
    targetId: str
    sourceDomain: str | None
    oldData: msgspec.Raw
    newData: msgspec.Raw
    author: msgspec.Raw


read_stored = msgspec.json.Decoder(StoredRecord).decode


class Seen(NamedTuple):
    """What the reader gets, as JSON text; the author always has the three members of the wire shape."""

    old_data: bytes
    new_data: bytes
    author: bytes


HIDDEN = Seen(NOTHING, NOTHING, _AUTHOR_NOT_SHOWN)


def seen(record: StoredRecord, kind: Kind | None, audience: Audience) -> Seen:
    """Numbers stay as they are written. A kind that the reader may not see leaves nothing, an unknown one is kept."""
    if kind is None and audience != "resident":
        return Seen(bytes(record.oldData), bytes(record.newData), bytes(record.author))
    if kind is None or audience not in kind.audiences:
        return HIDDEN
    if audience != "resident":
        return Seen(bytes(record.oldData), bytes(record.newData), bytes(record.author))
    author = _author_name_alone(record) if kind.residents_see_author else _AUTHOR_NOT_SHOWN
    return Seen(_cut(record.oldData, kind.residents_see), _cut(record.newData, kind.residents_see), author)


def _cut(document: msgspec.Raw, fields: frozenset[str]) -> bytes:
    members = _members.decode(document)
    if members is None:
        return NOTHING
    return msgspec.json.encode({name: value for name, value in members.items() if name in fields})


def author_name(record: StoredRecord) -> str:
    return _author(record.author)["fullName"] or ""


def _author_name_alone(record: StoredRecord) -> bytes:
    return msgspec.json.encode({"id": None, "fullName": author_name(record), "email": None})


class Discretion:
    """Is a text unfit for a resident's eyes, in an activity of this author?"""

    def __init__(self, record: StoredRecord, kind: Kind) -> None:
        self._record = record
        self._author_is_shown = kind.residents_see_author
        self._name: str | None = None

    def unfit(self, text: str) -> bool:
        return self.unfit_but_for_contact(text) or _E_MAIL_ADDRESS.search(text) is not None

    def unfit_but_for_contact(self, text: str) -> bool:
        """For the reader's own contact details, which may be an e-mail address."""
        if _NOT_FOR_RESIDENTS.search(text):
            return True
        return not self._author_is_shown and self._names_the_author(text)

    def _names_the_author(self, text: str) -> bool:
        if self._name is None:
            self._name = _as_words(author_name(self._record))
        return bool(self._name) and self._name in _as_words(text)


def _as_words(text: str) -> str:
    """With a space before and after each word, so that "Ann" is not found in "Annual"."""
    words = _WORD.findall(text.casefold())
    return f" {' '.join(words)} " if words else ""


def is_of_zeros(document: Document) -> bool:
    """Senders write "none" also as an object of zeros: its id is then the nil UUID, and nothing in it is meant."""
    return document.get("id") == _NIL


def stands_for_none(document: msgspec.Raw) -> bool:
    """The same of a document's text."""
    return _NIL.encode() in bytes(document) and is_of_zeros(read_document(document) or {})
