"""The form for a statement's parameters: a field for each, read as PostgreSQL reads its type."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget

from activities.moments import EARLIEST
from activities.statement_facts import Parameter
from activity_history.explaining import Argument, array_of

_LONGEST = 100_000
_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)


def _number(text: str) -> str:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return str(number)


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _document(text: str) -> str:
    json.loads(text)
    return text


# How each type is read, and what to write.
_READERS: Mapping[str, tuple[Callable[[str], str], str]] = {
    "text": (str, "any text"),
    "bigint": (_number, "a whole number such as 21"),
    "float8": (lambda text: str(float(text)), "a number such as 0.5"),
    "uuid": (lambda text: str(UUID(text)), f"a UUID such as {_FIRST_ID}"),
    "timestamptz": (_moment, "a moment such as 2026-02-19T15:12:00Z"),
    "jsonb": (_document, 'JSON such as {"a": 1}'),
}


class ValueField(forms.CharField):
    """A value as PostgreSQL's text of it, None for null. An array has a line for each member."""

    def __init__(self, parameter: Parameter, now: datetime) -> None:
        self.base, array, _ = parameter.type.partition("[]")
        self.is_array = bool(array)
        rows = {"rows": 3} if self.is_array or self.base == "jsonb" else {}
        widget = AdminTextareaWidget if rows else AdminTextInputWidget
        hint = _READERS[self.base][1]
        super().__init__(
            label=parameter.name,
            required=False,
            strip=False,
            max_length=_LONGEST,
            initial=_initial(parameter, now),
            widget=widget(attrs={"autocomplete": "off", **rows}),
            help_text=f"{parameter.type}: {f'on each line {hint}' if self.is_array else hint}. "
            f"In a call: {parameter.source}.",
        )

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text.strip():
            return None
        if not self.is_array:
            return self._read(text)
        lines = (line.removesuffix("\r") for line in text.split("\n"))
        return array_of(self._read(line) for line in lines if line.strip())

    def _read(self, text: str) -> str:
        read, hint = _READERS[self.base]
        try:
            return read(text if self.base == "text" else text.strip())
        except (ValueError, OverflowError, RecursionError):
            raise forms.ValidationError(f"Write {hint}, or leave it empty for null.") from None


def _initial(parameter: Parameter, now: datetime) -> str:
    """What a first page would be asked with."""
    name, type = parameter.name, parameter.type
    if type == "bigint":
        return "0" if name == "after" else "21" if name in ("rows", "window") else ""
    if type == "uuid":
        return str(_LAST_ID if name == "before_id" else _FIRST_ID) if "_id" in name or name == "after" else ""
    if type == "timestamptz":
        known = {"before": datetime.max.replace(tzinfo=UTC), "after": EARLIEST, "recorded_at": now}
        return known[name].isoformat() if name in known else ""
    return ""


class StatementForm(forms.Form):
    """`arguments` are in the order of the parameters.

    `now` is the clock's and has no field: another moment would count what has expired, or what is held.
    """

    def __init__(self, parameters: Sequence[Parameter], data: Any, *, now: datetime) -> None:
        super().__init__(data)
        self._types = {parameter.name: parameter.type for parameter in parameters}
        self._of_the_clock = {"now": now.isoformat()}
        self.fields |= {each.name: ValueField(each, now) for each in parameters if each.name not in self._of_the_clock}

    def arguments(self) -> list[Argument]:
        values = self.cleaned_data | self._of_the_clock
        return [Argument(type, values[name]) for name, type in self._types.items()]


class AddressForm(forms.Form):
    """What stands behind the question mark in the address of a call."""

    address = forms.CharField(
        label="Parameters of the call",
        required=False,
        max_length=_LONGEST,
        widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="As in the address of the call behind the question mark, percent-encoded like there; or the whole "
        "address.",
    )

    def clean_address(self) -> str:
        before, mark, behind = str(self.cleaned_data["address"]).strip().partition("?")
        return behind if mark else before
