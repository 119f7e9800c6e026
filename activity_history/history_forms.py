"""What a reader may ask of the staff page. Names, e-mail addresses and data never stand in an address: an author is
asked for by the number of its row."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

from activities.contract import TARGET_ID_PATTERN, WORD_PATTERN
from activities.wording import WORDING
from activity_history.rows import Row
from activity_history.timeline import Filters, known_kinds

LARGEST_ROW = 2**63 - 1
_DAYS = (date(1900, 1, 1), date(2999, 12, 31))

Options = list[tuple[str, str]]


class FaultyForm(forms.Form):
    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each sentence with the id of the field to mend."""
        return [(self[name].id_for_label, str(told)) for name, errors in self.errors.items() for told in errors]


def _has_letters(target_id: str) -> None:
    if not target_id.strip():
        raise forms.ValidationError("Enter the id of a record")


def _has_no_dots(target_id: str) -> None:
    """Browsers would take these for steps in the address, and show another record."""
    if {".", ".."} & set(target_id.split("/")):
        raise forms.ValidationError("An id with “.” or “..” between slashes has no page: read it by the API")


class SearchForm(FaultyForm):
    target = forms.CharField(
        max_length=255,
        label="Id of the record",
        # Ids are compared byte for byte.
        strip=False,
        validators=[
            RegexValidator(TARGET_ID_PATTERN, "An id has no control characters: copy it again"),
            _has_no_dots,
            _has_letters,
        ],
        error_messages={
            "required": "Enter the id of a record",
            "max_length": "An id has at most 255 characters: check that nothing else was copied",
        },
    )


def _word(label: str) -> forms.CharField:
    told = f"{label} is a word of letters, digits and _ . -: choose one of the list"
    return forms.CharField(
        required=False,
        max_length=64,
        label=label,
        validators=[RegexValidator(WORD_PATTERN, told)],
        error_messages={"max_length": told},
    )


def _day(label: str) -> forms.DateField:
    told = "Enter a year from 1900 to 2999"
    return forms.DateField(
        required=False,
        label=label,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"],
        validators=[MinValueValidator(_DAYS[0], told), MaxValueValidator(_DAYS[1], told)],
        error_messages={"invalid": f"“{label}” must be a real date, like 27/3/2026"},
    )


class FilterForm(FaultyForm):
    """`after` is the place of "Show more"; whoever reads the form checks it."""

    targetType = _word("Kind of record")
    type = _word("What was done")
    domain = forms.CharField(
        required=False,
        max_length=64,
        strip=False,
        label="Domain",
        error_messages={"max_length": "A domain has at most 64 characters: choose one of the list"},
    )
    author = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_ROW,
        label="Author",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            "The author in the address is not right: choose “Show entries by anyone”.",
        ),
    )
    dateFrom = _day("From")
    dateTo = _day("To")
    after = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("dateFrom"), given.get("dateTo")
        if first and last and first > last:
            self.add_error("dateTo", "“To” must be the same day as “From”, or a later one")
        return given

    def filters(self) -> Filters:
        given = self.cleaned_data
        return Filters(*(given[name] for name in ("targetType", "type", "domain", "author", "dateFrom", "dateTo")))

    def options(self, rows: Iterable[Row]) -> list[tuple[forms.BoundField, Options]]:
        """What there is to choose: what the wording knows, what is on the page, and what was asked for."""
        seen, labels = list(rows), WORDING.labels
        return [
            self._choices(
                "targetType",
                {kind.target_type for kind in known_kinds()} | {row.target_type for row in seen},
                labels.of_target_type,
            ),
            self._choices("type", {kind.type for kind in known_kinds()} | {row.type for row in seen}, labels.of_type),
            self._choices(
                "domain", {*labels.domains} | {row.domain_name for row in seen if row.domain_name}, labels.of_domain
            ),
        ]

    def _choices(self, name: str, words: set[str], label: Callable[[str], str]) -> tuple[forms.BoundField, Options]:
        if asked := self.data.get(name):
            words = words | {asked}
        return self[name], sorted(((word, label(word)) for word in words), key=lambda each: (each[1].casefold(), each))

    def days(self) -> list[tuple[forms.BoundField, str, str]]:
        """Each field with its type and value: a date's field would lose what is no date."""
        given = ((self[name], self.cleaned_data.get(name)) for name in ("dateFrom", "dateTo"))
        return [
            (field, "date", day.isoformat())
            if day
            else (field, "text" if field.errors else "date", field.value() or "")
            for field, day in given
        ]


class DownloadForm(FilterForm):
    """Without a target, of all records. `after` and `until` are the places that a part lies between."""

    target = forms.CharField(
        required=False, max_length=255, strip=False, validators=[RegexValidator(TARGET_ID_PATTERN)]
    )
    until = forms.CharField(required=False)
