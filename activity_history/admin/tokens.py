"""The form by which a token of a client is asked for."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget

from activities.access import READ, SCOPES, SEARCH, SHARE, WRITE
from activities.api.own_tokens import MOST_DAYS, USUAL_DAYS, Grant
from activities.contract import TARGET_ID_PATTERN

_MAY = {
    WRITE: "record activities",
    READ: "read the history of targets",
    SEARCH: "list without a target",
    SHARE: "make links by which residents see their history",
}
_ID = re.compile(TARGET_ID_PATTERN[1:-1])


class LinesField(forms.CharField):
    """A list of texts of at most so many letters, one a line."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(required=False, strip=False, widget=AdminTextareaWidget(attrs={"rows": 3}), **options)
        self._longest = longest

    def to_python(self, value: Any) -> Any:
        """Compared byte for byte later, so that spaces within stay."""
        return [line for line in re.split("\r\n|\r|\n", super().to_python(value) or "") if line.strip()]

    def validate(self, value: Any) -> None:
        for number, line in enumerate(value, 1):
            if len(line) > self._longest or not _ID.fullmatch(line):
                raise forms.ValidationError(
                    f"Entry {number} is longer than {self._longest} letters or has control characters: copy it again."
                )

    def run_validators(self, value: Any) -> None:
        """Those of a text; each line has been looked at."""


class TokenForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope, f"{scope}: {_MAY[scope]}") for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    audience = forms.ChoiceField(
        label="Who reads with it",
        choices=[("staff", "Staff: sees what staff may see"), ("resident", "A resident: sees what residents may see")],
    )
    target_ids = LinesField(label="Only these targets, one id a line (all, if empty)", longest=255)
    source_domains = LinesField(label="Only these source domains, one a line (all, if empty)", longest=64)
    days = forms.IntegerField(
        label=f"Days until it ends, 1 to {MOST_DAYS:,}", min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("audience") == "resident" and not (given.get("target_ids") or "target_ids" in self.errors):
            self.add_error("target_ids", "A resident's token names its targets.")
        return given

    @property
    def grant(self) -> Grant:
        return Grant(**self.cleaned_data)
