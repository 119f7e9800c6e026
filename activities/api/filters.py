"""The filters of lists, declared. A comma is a part of a value; repeated values mean any of them."""

from datetime import datetime, timedelta
from typing import Any

import django_filters
from django import forms

from activities.models import Activity
from activities.moments import MomentImpossible, MomentUnreadable, read_moment_or_date

LONGEST_WINDOW_OF_AUTHOR = timedelta(days=31)


class ValuesField(forms.Field):
    """A parameter that may be repeated."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[str]:
        for one in value:
            if not one or "\0" in one or len(one) > 255:
                raise forms.ValidationError("Send 1 to 255 characters, or leave the parameter out.")
        return value


class MomentField(forms.Field):
    """A parameter that says a moment; a bare date is its 00:00 in UTC."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> Any:
        if not value:
            return None
        if len(value) > 1:
            raise forms.ValidationError("Send this parameter once.")
        try:
            return read_moment_or_date(value[0])
        except (MomentUnreadable, MomentImpossible) as error:
            raise forms.ValidationError(f"{error} A bare date such as 2026-02-19 will do too.") from None


class AnyOf(django_filters.Filter):
    field_class = ValuesField

    def __init__(self, column: str, help_text: str) -> None:
        super().__init__(column, "in", help_text=help_text)


class Moment(django_filters.Filter):
    field_class = MomentField

    def __init__(self, lookup: str, help_text: str) -> None:
        super().__init__("occurred_at", lookup, help_text=help_text)


class ActivityFilter(django_filters.FilterSet):
    """What may narrow a list, beside `targetId`."""

    targetType = AnyOf("target_type", "Of this kind of record.")
    type = AnyOf("type", "Of this type.")
    sourceDomain = AnyOf("source_domain", "Sent by this domain.")
    authorId = AnyOf(
        "author__identifier",
        "Done by the author of this id. Without `targetId`, dates at most 31 days apart go with it.",
    )
    correlationId = AnyOf("correlation_id", "Tied to this request.")
    occurredFrom = Moment("gte", "Not before this moment: RFC 3339, or a date for its 00:00 UTC.")
    occurredTo = Moment("lt", "Before this moment: RFC 3339, or a date for its 00:00 UTC.")

    class Meta:
        model = Activity
        fields: list[str] = []

    def faults(self, *, with_targets: bool) -> list[tuple[str, str]]:
        """Pairs of a parameter and what is wrong with it."""
        found = [(name, str(messages[0])) for name, messages in self.form.errors.items()]
        values = self.form.cleaned_data
        start, end = values.get("occurredFrom"), values.get("occurredTo")
        if start and end and start > end:
            found.append(("occurredTo", "It lies before occurredFrom: exchange the two."))
        elif values.get("authorId") and not with_targets and not found and not _is_short(start, end):
            found.append(("authorId", "Without targetId, add occurredFrom and occurredTo at most 31 days apart."))
        return found


def _is_short(start: datetime | None, end: datetime | None) -> bool:
    return start is not None and end is not None and end - start <= LONGEST_WINDOW_OF_AUTHOR
