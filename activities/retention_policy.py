"""The retention policy: a TOML file of rules by source domain and target type. Read by the settings."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from activities.durations import Duration, read_duration
from activities.moments import EARLIEST

SHIPPED = Path(__file__).with_name("retention.toml")
_LEAP_YEARS_AND_OTHERS = tuple(EARLIEST.replace(year=year, month=3) for year in range(1999, 2008))


def _read(value: object) -> object:
    return read_duration(str(value))


def _read_or_unlimited(value: object) -> object:
    return value if value == "unlimited" else _read(value)


_Duration = Annotated[Duration, BeforeValidator(_read)]
_OrUnlimited = Annotated[Duration | Literal["unlimited"], BeforeValidator(_read_or_unlimited)]


class _Default(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    time_to_live: _OrUnlimited
    longest: _Duration


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    source_domain: str | None = Field(None, min_length=1, max_length=64)
    target_type: str | None = Field(None, min_length=1, max_length=64)
    time_to_live: _OrUnlimited | None = None
    longest: _Duration | None = None

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if self.source_domain is None and self.target_type is None:
            raise ValueError("name a source_domain, a target_type, or both; what is for all stands in [default]")
        if self.time_to_live is None and self.longest is None:
            raise ValueError("give a time_to_live, a longest, or both")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    default: _Default
    rule: list[_Rule] = []


class Rule(NamedTuple):
    """How long the records of a source domain and target type are kept; `time_to_live` None is for ever."""

    name: str
    time_to_live: Duration | None
    longest: Duration

    @property
    def in_words(self) -> str:
        kept = self.time_to_live.in_words if self.time_to_live else "for ever"
        return f"{self.name}: kept {kept}; up to {self.longest.in_words} may be asked"


class Policy:
    """Finds the rule of a record. `rules` by (source domain, target type), None standing for any."""

    def __init__(self, rules: dict[tuple[str | None, str | None], Rule]) -> None:
        self.rules = rules
        # Most records are of few kinds; the vocabulary is open, so not all can be remembered.
        self.rule_for = lru_cache(1024)(self._rule_for)

    def _rule_for(self, source_domain: str | None, target_type: str) -> Rule:
        for place in ((source_domain, target_type), (None, target_type), (source_domain, None)):
            if place in self.rules:
                return self.rules[place]
        return self.rules[None, None]


def read_policy(path: Path) -> Policy:
    """Raises ImproperlyConfigured, saying the place in the file and the cure."""
    try:
        file = _File.model_validate(tomllib.loads(path.read_text()))
    except OSError as error:
        raise ImproperlyConfigured(f"RETENTION_FILE: {path} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"RETENTION_FILE: {path} is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("Duration", "literal['unlimited']"))
        raise ImproperlyConfigured(f"RETENTION_FILE: {path}: {place}: {_cure(first['msg'])}") from None
    default = Rule("default", _duration(file.default.time_to_live), file.default.longest)
    rules: dict[tuple[str | None, str | None], Rule] = {(None, None): default}
    for number, given in enumerate(file.rule):
        place_of = (given.source_domain, given.target_type)
        if place_of in rules:
            raise ImproperlyConfigured(f"RETENTION_FILE: {path}: rule.{number}: another rule is for the same records.")
        rules[place_of] = Rule(
            "/".join(part or "*" for part in place_of),
            default.time_to_live if given.time_to_live is None else _duration(given.time_to_live),
            given.longest or default.longest,
        )
    for rule in rules.values():
        _check(rule, path)
    return Policy(rules)


def _cure(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".") + "."


def _duration(given: Duration | Literal["unlimited"]) -> Duration | None:
    return given if isinstance(given, Duration) else None


def _check(rule: Rule, path: Path) -> None:
    # Days and months compare differently from different starts.
    own = rule.time_to_live
    if own and any(own.after(start) > rule.longest.after(start) for start in _LEAP_YEARS_AND_OTHERS):
        raise ImproperlyConfigured(
            f"RETENTION_FILE: {path}: {rule.name}: its time_to_live {own} is longer than its longest {rule.longest}: "
            "lower the one or raise the other."
        )
