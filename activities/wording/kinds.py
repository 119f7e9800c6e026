"""The kinds of wording.toml, compiled: who may see one, what of it, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from activities.wording.file import Audience, KindShape, SentenceShape, TargetShape, WordingShape, place
from activities.wording.sentences import (
    Condition,
    Formats,
    Place,
    Sentence,
    SentenceUnreadable,
    changed,
    compiled,
    emptied,
    equals,
    has,
)


class KindName(NamedTuple):
    target_type: str
    type: str


@dataclass(frozen=True, slots=True)
class Kind:
    """`residents_know_of` are fields of which residents learn at most that they changed."""

    audiences: frozenset[Audience]
    residents_see: frozenset[str]
    residents_know_of: frozenset[str]
    residents_see_author: bool
    pay_link: str | None
    for_residents: tuple[Sentence, ...]
    for_staff: tuple[Sentence, ...]


def read_kinds(shape: WordingShape, faults: list[str]) -> dict[KindName, Kind]:
    """Adds to `faults` what is wrong with a kind; such a kind is left out."""
    kinds = {}
    for target_type, target in shape.targets.items():
        formats = Formats(shape.codes, frozenset(shape.acronyms), _field_formats(shape, target_type))
        for type, kind in target.types.items():
            where = place("targets", target_type, "types", type)
            found = [f"{where}{fault}" for fault in _faults_of(target, kind)]
            try:
                kinds[KindName(target_type, type)] = _kind(target, kind, formats)
            except SentenceUnreadable as error:
                found.append(f"{where}{error}")
            faults += found
    return kinds


def _field_formats(shape: WordingShape, target_type: str) -> dict[str, str]:
    formats = {name: field.format for name, field in shape.fields.items()}
    prefix = f"{target_type}."
    return formats | {name.removeprefix(prefix): said for name, said in formats.items() if name.startswith(prefix)}


def _kind(target: TargetShape, kind: KindShape, formats: Formats) -> Kind:
    audiences = _audiences(target, kind)
    seen = frozenset(_residents_see(target, kind) if "resident" in audiences else ())
    known = frozenset(target.residents_know_of)
    for_residents = tuple(_sentences(kind, "resident", formats, seen, known))
    return Kind(
        audiences=audiences,
        residents_see=seen,
        residents_know_of=known,
        residents_see_author=target.residents_see_author,
        pay_link=target.pay_link,
        for_residents=for_residents,
        for_staff=tuple(_sentences(kind, "staff", formats, None)),
    )


def _audiences(target: TargetShape, kind: KindShape) -> frozenset[Audience]:
    return frozenset(target.audiences if kind.audiences is None else kind.audiences)


def _residents_see(target: TargetShape, kind: KindShape) -> list[str]:
    return target.residents_see if kind.residents_see is None else kind.residents_see


def _sentences(
    kind: KindShape,
    audience: Audience,
    formats: Formats,
    seen: frozenset[str] | None,
    known: frozenset[str] = frozenset(),
) -> Iterator[Sentence]:
    """Raises SentenceUnreadable, whose text begins with the place within the kind."""
    for index, shape in enumerate(kind.sentences):
        text = shape.resident if audience == "resident" else shape.staff
        if text is None:
            continue
        where = place("", "sentences", index, audience)
        try:
            sentence = compiled(text, _conditions(shape), formats)
        except SentenceUnreadable as error:
            raise SentenceUnreadable(f"{where}: {error}") from None
        said = compiled(text, _conditions_on_values(shape), formats).fields
        if seen is not None and (hidden := sorted((sentence.fields - seen - known) | (said - seen))):
            raise SentenceUnreadable(
                f"{where}: residents may not see {', '.join(hidden)}: "
                "add it to residents_see, or say the sentence without it."
            )
        yield sentence


def _conditions(shape: SentenceShape) -> Iterator[tuple[Condition, list[str]]]:
    yield from _conditions_on_values(shape)
    for name in (*shape.changed, *shape.changed_only):
        _check_is_top_level(name)
    for names, nothing_else in ((shape.changed, False), (shape.changed_only, True)):
        if names:
            yield changed(names, nothing_else=nothing_else), names


def _conditions_on_values(shape: SentenceShape) -> Iterator[tuple[Condition, list[str]]]:
    for name, wanted in shape.when.items():
        field = Place.of(name)
        yield equals(field, wanted if isinstance(wanted, list) else [wanted]), [field.path[0]]
    for name in shape.has:
        field = Place.of(name)
        yield has(field), [field.path[0]]
    for name in shape.emptied:
        _check_is_top_level(name)
        yield emptied(name), [name]


def _check_is_top_level(name: str) -> None:
    if len(Place.of(name).path) > 1 or Place.of(name).in_old:
        raise SentenceUnreadable(f"“{name}” is no top-level field: name the field that it is in.")


def _faults_of(target: TargetShape, kind: KindShape) -> Iterator[str]:
    audiences = _audiences(target, kind)
    for audience in ("resident", "staff"):
        texts = [(index, s) for index, s in enumerate(kind.sentences) if getattr(s, audience) is not None]
        reads = audience in audiences or (audience == "staff" and "analyst" in audiences)
        if reads and not texts:
            yield f": it has no sentence for {audience}: add one."
        elif texts and not reads:
            yield f": it has a sentence for {audience}, who may not see the kind: leave it out, or add the audience."
        always = [index for index, sentence in texts if _is_always_said(sentence, getattr(sentence, audience))]
        if texts and (not always or always[-1] != texts[-1][0]):
            yield (
                f": the last sentence for {audience} must always be sayable: end with one that has no condition "
                "and no placeholder."
            )
        elif len(always) > 1:
            yield (
                f".sentences[{always[0]}].{audience}: nothing after this sentence is ever said: "
                "give it a condition, or put it last."
            )
    if target.sensitive and "resident" in audiences:
        yield ": what is sensitive is not for residents: take them out of audiences."
    if target.pay_link and "resident" in audiences and target.pay_link not in _residents_see(target, kind):
        yield f": pay_link names {target.pay_link}, which residents may not see: add it to residents_see."


def _is_always_said(sentence: SentenceShape, text: str) -> bool:
    conditions = (sentence.when, sentence.has, sentence.changed, sentence.changed_only, sentence.emptied)
    return "{" not in text and not any(conditions)
