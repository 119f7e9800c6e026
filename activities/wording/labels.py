"""What fields, kinds and domains are called, and how a field's value is said. All vocabularies are open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from activities.wording.file import WordingShape, place
from activities.wording.kinds import KindName
from activities.wording.names import made_label, within_a_sentence
from activities.wording.sentences import Formats, Sentence, SentenceUnreadable, compiled
from activities.wording.values import Say

Sentences: TypeAlias = tuple[Sentence, ...]


class Labels:
    """A word that the table does not have gets a label made from it."""

    def __init__(self, shape: WordingShape, says: Mapping[str, Say], says_objects: Mapping[str, Sentences]) -> None:
        self._shape = shape
        self._says_objects = says_objects
        self._ranks = {name: rank for rank, name in enumerate(shape.fields)}
        self._acronyms = frozenset(shape.acronyms)
        self._says = says

    @property
    def domains(self) -> tuple[str, ...]:
        """Those that the table has."""
        return tuple(self._shape.domains)

    def of_target_type(self, name: str) -> str:
        target = self._shape.targets.get(name)
        return target.label if target else made_label(name, self._acronyms)

    def of_type(self, name: str) -> str:
        known = self._shape.types.get(name)
        return known.label if known else made_label(name, self._acronyms)

    def of_domain(self, name: str) -> str:
        return self._shape.domains.get(name) or made_label(name, self._acronyms)

    def of_field(self, target_type: str, name: str) -> str:
        field = self._shape.fields.get(f"{target_type}.{name}") or self._shape.fields.get(name)
        return field.label if field else made_label(name, self._acronyms)

    def say_of_field(self, target_type: str, name: str) -> Say | None:
        """None where the value's own type tells how to say it."""
        own = f"{target_type}.{name}"
        return self._says.get(own if own in self._shape.fields else name)

    def rank_of_field(self, target_type: str, name: str) -> int:
        """Its place in the order of the table; one that the table does not have comes after all others."""
        return self._ranks.get(f"{target_type}.{name}", self._ranks.get(name, len(self._ranks)))

    def says_of_object(self, target_type: str, name: str) -> Sentences:
        """For an object that is the field's value, or in its list: the first that is sayable says all of it."""
        own = f"{target_type}.{name}"
        return self._says_objects.get(own if own in self._shape.fields else name, ())

    def is_contact(self, target_type: str, name: str) -> bool:
        """Is the field the reader's own e-mail address, telephone number or the like?"""
        field = self._shape.fields.get(f"{target_type}.{name}") or self._shape.fields.get(name)
        return field is not None and field.format == "contact"

    def sentence_for(self, kind: KindName) -> str:
        """For a kind that the table does not have: made from its names."""
        target = self.of_target_type(kind.target_type)
        known = self._shape.types.get(kind.type)
        if known:
            return f"{target} {known.done}"
        return f"{self.of_type(kind.type)} happened to {within_a_sentence(target)}"


def read_labels(shape: WordingShape, faults: list[str]) -> Labels:
    """Adds to `faults` what is wrong with labels and with the formats of fields."""
    formats = Formats(shape.codes, frozenset(shape.acronyms), {})
    says, says_objects = {}, {}
    for name, field in shape.fields.items():
        format, _, argument = field.format.partition(":")
        try:
            if format not in ("text", "contact"):
                says[name] = formats.say(format, argument, name.rpartition(".")[2])
            says_objects[name] = tuple(compiled(text, (), formats) for text in field.says)
        except SentenceUnreadable as error:
            faults.append(f"{place('fields', name)}: {error}")
    faults += [
        f"types: there is no “{type}”, of which targets.{target_type} has a kind: add its label and what it has done."
        for target_type, target in shape.targets.items()
        for type in target.types
        if type not in shape.types
    ]
    for target_type, target in shape.targets.items():
        seen = {*target.residents_see, *(name for kind in target.types.values() for name in kind.residents_see or ())}
        faults += [
            f"fields: residents see {name} of {target_type}, which has no label: add one."
            for name in sorted(seen)
            if name not in shape.fields and f"{target_type}.{name}" not in shape.fields
        ]
    return Labels(shape, says, says_objects)
