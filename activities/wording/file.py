"""The shapes of wording.toml, and its reading."""

from __future__ import annotations

import tomllib
from typing import Annotated, Any, Literal, TypeAlias

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

Audience: TypeAlias = Literal["resident", "staff", "analyst"]
AUDIENCES: tuple[Audience, ...] = ("resident", "staff", "analyst")
Scalar: TypeAlias = bool | int | str


_CURES = {
    "extra_forbidden": "there is no such entry: correct its name, or leave it out",
    "missing": "it is missing: add it",
}


class WordingFaulty(ImproperlyConfigured):
    """wording.toml cannot be used, and nothing starts. The message has a line for each fault, with place and cure."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SentenceShape(_Shape):
    """Staff and analysts read the same. One that has no text for an audience is not for it."""

    when: dict[str, Scalar | list[Scalar]] = {}
    has: list[str] = []
    changed: list[str] = []
    changed_only: list[str] = []
    emptied: list[str] = []
    resident: str | None = None
    staff: str | None = None


def _label_alone(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


class KindShape(_Shape):
    """What is None is as the target type says."""

    audiences: list[Audience] | None = None
    residents_see: list[str] | None = None
    sentences: list[SentenceShape] = Field(min_length=1)


class TargetShape(_Shape):
    label: str
    audiences: list[Audience]
    sensitive: bool = False
    residents_see: list[str] = []
    residents_know_of: list[str] = []
    residents_see_author: bool = False
    pay_link: str | None = None
    types: dict[str, KindShape]

    @model_validator(mode="before")
    @classmethod
    def _sentences_alone(cls, given: Any) -> Any:
        """A sentence in the place of a kind: for those who see the target type, but for residents."""
        match given:
            case {"audiences": list(audiences), "types": dict(types)}:
                alone = {"audiences": [each for each in audiences if each != "resident"]}
                kinds = {
                    name: alone | {"sentences": [{"staff": kind}]} if isinstance(kind, str) else kind
                    for name, kind in types.items()
                }
                return {**given, "types": kinds}
        # What is wrong is told by the fields.
        return given


class TypeShape(_Shape):
    """`done` goes on after the name of a thing: "was updated"."""

    label: str
    done: str


class FieldShape(_Shape):
    label: str
    format: str = "text"
    says: list[str] = []


class GroupPartShape(_Shape):
    """Kinds as "targetType/type", and optionally what one top-level member of newData is."""

    kinds: list[str] = Field(min_length=1)
    member: str | None = None
    values: list[str] = []


class GroupShape(_Shape):
    slug: str = Field(pattern="^[a-z-]+$")
    heading: str
    description: str
    parts: list[GroupPartShape] = Field(min_length=1)


class WordingShape(_Shape):
    """`hidden` is said of what the reader may not see. A field is a name, or "targetType.name" where that matters."""

    hidden: str
    acronyms: list[str]
    types: dict[str, TypeShape]
    domains: dict[str, str]
    codes: dict[str, dict[str, str]]
    fields: dict[str, Annotated[FieldShape, BeforeValidator(_label_alone)]]
    targets: dict[str, TargetShape]
    groups: list[GroupShape]


def read_shape(toml: str) -> WordingShape:
    """Raises WordingFaulty."""
    try:
        return WordingShape.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        raise WordingFaulty(
            f"wording.toml is no TOML: {error}. Mend that line; a thing that is declared twice stands once."
        ) from None
    except ValidationError as error:
        faults = (f"{place(*fault['loc'])}: {_CURES.get(fault['type']) or fault['msg']}." for fault in error.errors())
        raise WordingFaulty("wording.toml:\n" + "\n".join(faults)) from None


def place(*parts: str | int) -> str:
    """`targets.person.types.create.sentences[2]`; sentences are counted from 0."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")
