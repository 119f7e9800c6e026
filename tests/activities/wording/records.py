"""Records for the tests of wording, and what holds of every text that a resident reads."""

from __future__ import annotations

import json
import re
from typing import Any

from activities.wording import WORDING, Audience, StoredRecord, read_stored

OFFICER = {"id": "a1", "fullName": "Sinead Doyle", "email": "sinead.doyle@council.example"}
# Written anew and not as the code has it.
NOT_FOR_RESIDENTS = {
    "a name of programs": re.compile(r"\b[a-z]+[A-Z]\w*"),
    "a UUID": re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"),
    "no value": re.compile(r"\bnull\b|\bundefined\b|\bNone\b|\bNaN\b"),
    "JSON": re.compile(r"[{}]|\[\"|\"\]"),
}
GAP = re.compile(r"^\s|\s$|  |[:(“]\s*$|“”|\(\)")
E_MAIL_ADDRESS = re.compile(r"[^\s]@[^\s]")


def record(kind: str, new: Any = None, old: Any = None, *, author: dict[str, str | None] | None = None) -> StoredRecord:
    """`kind` is "targetType/type"; a document may also be JSON text."""
    target_type, type = kind.split("/")
    documents = [each if isinstance(each, str) else json.dumps(each) for each in (old, new)]
    return read_stored(
        f'{{"type": {json.dumps(type)}, "targetType": {json.dumps(target_type)},'
        ' "targetId": "t1", "sourceDomain": null,'
        f' "oldData": {documents[0]}, "newData": {documents[1]}, "author": {json.dumps(author or OFFICER)}}}'.encode()
    )


def as_stored(activity: dict[str, Any]) -> StoredRecord:
    return record(
        f"{activity['targetType']}/{activity['type']}",
        activity["newData"],
        activity["oldData"],
        author=activity["author"],
    )


def said(kind: str, new: Any = None, old: Any = None, *, to: Audience = "resident", all: bool = True) -> str:
    return WORDING.sentence(record(kind, new, old), to, may_see_sensitive=all)


def rows(kind: str, new: Any = None, old: Any = None, *, to: Audience = "staff") -> list[tuple[str, str, str]]:
    told = WORDING.what_changed(record(kind, new, old), to, may_see_sensitive=True)
    return [(row.label, row.before, row.after) for row in told]


def faults_for_residents(text: str) -> list[str]:
    return [name for name, pattern in NOT_FOR_RESIDENTS.items() if pattern.search(text)]


def faults_of(stored: StoredRecord) -> list[str]:
    """Whatever a resident would read of it and should not."""
    sentence = WORDING.sentence(stored, "resident", may_see_sensitive=False)
    found = [(fault, sentence) for fault in faults_for_residents(sentence)]
    found += [("an e-mail address", sentence)] * bool(E_MAIL_ADDRESS.search(sentence))
    found += [("a gap", sentence)] * bool(GAP.search(sentence))
    for row in WORDING.what_changed(stored, "resident", may_see_sensitive=False):
        found += [(fault, text) for text in row for fault in faults_for_residents(text)]
    return [f"{fault}: {text}" for fault, text in found]
