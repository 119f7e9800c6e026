"""Says any activity in plain words for those who read it. What it says is data: wording.toml.

Who sees an activity at all hangs on its kind (targetType, type) alone, so that a query can decide it; what is in the
data chooses only the sentence. The file is read and checked when this module is imported.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeAlias

from activities.changes import Document, read_document
from activities.wording.changes import Difference, InWords
from activities.wording.file import AUDIENCES, Audience, WordingFaulty, read_shape
from activities.wording.groups import Group, read_groups
from activities.wording.kinds import Kind, KindName, read_kinds
from activities.wording.labels import Labels, read_labels
from activities.wording.privacy import (
    NOTHING,
    Discretion,
    Seen,
    StoredRecord,
    is_of_zeros,
    read_stored,
    seen,
    stands_for_none,
)
from activities.wording.sentences import Documents

__all__ = [
    "AUDIENCES",
    "WORDING",
    "Audience",
    "Difference",
    "Group",
    "KindName",
    "Seen",
    "StoredRecord",
    "Wording",
    "WordingFaulty",
    "read_stored",
    "read_wording",
]

# The old and the new document of an activity.
Read: TypeAlias = "tuple[Document | None, Document | None]"

FILE = Path(__file__).parent.with_name("wording.toml")


class Wording:
    """All of it takes the record from `read_stored`, and the audience that reads.

    `may_see_sensitive` is about sensitive kinds only: without it, their data is as if it were not there.
    """

    def __init__(
        self,
        kinds: dict[KindName, Kind],
        groups: tuple[Group, ...],
        labels: Labels,
        hidden: str,
        sensitive_targets: frozenset[str],
    ) -> None:
        self.kinds = kinds
        self.sensitive_targets = sensitive_targets
        self.groups = groups
        self.labels = labels
        self._hidden = hidden

    def kinds_for(self, audience: Audience) -> tuple[KindName, ...]:
        """For residents these are all; staff and analysts also see every kind that the table does not have."""
        return tuple(name for name, kind in self.kinds.items() if audience in kind.audiences)

    def kinds_hidden_from(self, audience: Audience) -> tuple[KindName, ...]:
        """For the others than residents: whatever else there is, they see."""
        return tuple(name for name, kind in self.kinds.items() if audience not in kind.audiences)

    def sees(self, record: StoredRecord, audience: Audience) -> bool:
        kind = self._kind(record)
        return audience in kind.audiences if kind else audience != "resident"

    def sentence(
        self, record: StoredRecord, audience: Audience, *, may_see_sensitive: bool, read: Read | None = None
    ) -> str:
        """One sentence without a full stop. Of a kind that the audience may not see it tells nothing.

        `read`: the record's documents, where they have been read already.
        """
        kind = self._kind(record)
        if kind is None and audience != "resident":
            # Of a type that the table does not have nothing of the data is said.
            return self.labels.sentence_for(KindName(record.targetType, record.type))
        if kind is None or audience not in kind.audiences:
            return self._hidden
        sentences = kind.for_residents if audience == "resident" else kind.for_staff
        if self.withholds(record, may_see_sensitive=may_see_sensitive):
            return sentences[-1].pieces[0]
        fields = kind.residents_see | kind.residents_know_of if audience == "resident" else None
        old, new = read or (read_document(record.oldData), read_document(record.newData))
        documents = Documents(_meant(old, fields), _meant(new, fields))
        unfit = Discretion(record, kind).unfit if audience == "resident" else None
        said = (sentence.said_of(documents, unfit) for sentence in sentences)
        return next(text for text in said if text is not None)

    def withholds(self, record: StoredRecord, *, may_see_sensitive: bool) -> bool:
        """Whether its data is kept from staff: by its target type alone, since types are an open vocabulary."""
        return record.targetType in self.sensitive_targets and not may_see_sensitive

    def seen_by(self, record: StoredRecord, audience: Audience, *, may_see_sensitive: bool) -> Seen:
        """The documents and the author as far as the audience sees them."""
        if self.withholds(record, may_see_sensitive=may_see_sensitive) and audience != "resident":
            return Seen(NOTHING, NOTHING, bytes(record.author))
        return seen(record, self._kind(record), audience)

    def what_changed(self, record: StoredRecord, audience: Audience, *, may_see_sensitive: bool) -> list[Difference]:
        """The differences of what the audience sees of the two documents, in words."""
        kind = self._kind(record)
        shown = self.seen_by(record, audience, may_see_sensitive=may_see_sensitive)
        old = NOTHING if stands_for_none(record.oldData) else shown.old_data
        new = NOTHING if stands_for_none(record.newData) else shown.new_data
        discretion = Discretion(record, kind) if kind and audience == "resident" else None
        but_for = kind.pay_link if kind and audience == "resident" else None
        return InWords(record.targetType, self.labels, discretion).differences(old, new, but_for=but_for)

    def pay_link(self, record: StoredRecord, audience: Audience) -> str | None:
        """Where this can be paid, as the sender wrote it: whoever makes it a link looks at its host first."""
        kind = self._kind(record)
        if kind is None or kind.pay_link is None or audience not in kind.audiences:
            return None
        link = _meant(read_document(record.newData)).get(kind.pay_link)
        return link if isinstance(link, str) and link else None

    def group_of(self, record: StoredRecord) -> Group | None:
        """The one that it is in; most kinds are in none."""
        name, new = KindName(record.targetType, record.type), _meant(read_document(record.newData))
        return next((group for group in self.groups if group.contains(name, new)), None)

    def _kind(self, record: StoredRecord) -> Kind | None:
        return self.kinds.get(KindName(record.targetType, record.type))


def _meant(document: Document | None, fields: Collection[str] | None = None) -> dict[str, Any]:
    """Of these fields, or all. What stands for none is empty."""
    if document is None or is_of_zeros(document):
        return {}
    return document if fields is None else {name: value for name, value in document.items() if name in fields}


def read_wording(toml: str) -> Wording:
    """Raises WordingFaulty."""
    shape, faults = read_shape(toml), list[str]()
    kinds = read_kinds(shape, faults)
    labels = read_labels(shape, faults)
    # Kinds that are faulty themselves are missing from `kinds`; groups that name them are not at fault.
    names = {KindName(target, type) for target, each in shape.targets.items() for type in each.types}
    groups = read_groups(shape, names, faults)
    if faults:
        raise WordingFaulty("wording.toml:\n" + "\n".join(faults))
    sensitive = frozenset(name for name, target in shape.targets.items() if target.sensitive)
    return Wording(kinds, groups, labels, shape.hidden, sensitive)


WORDING = read_wording(FILE.read_text(encoding="utf-8"))
