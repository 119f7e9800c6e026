"""What SQL makes of values is what the wording and `changes` make of them in Python."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.changes import changes, read_document
from activities.models import Activity
from activities.wording import FILE, WORDING
from activities.wording.file import read_shape
from activities.wording.names import made_label
from activities.wording.values import as_number, in_london
from tests.activities.test_changes import documents
from tests.activity_history.reporting.reading import LONG_AGO, read
from tests.connections import execute
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

ACRONYMS = read_shape(FILE.read_text()).acronyms
LARGEST = Decimal(10) ** 22
some = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
pairs = st.lists(st.tuples(documents | st.none(), documents | st.none()), min_size=10, max_size=10)


def exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def expected(old: bytes, new: bytes) -> dict[str, tuple[Any, Any]]:
    """By the top-level field, its value before and after."""
    tops = [
        change["path"].split("/")[1].replace("~1", "/").replace("~0", "~")
        for change in changes(read_document(old), read_document(new))
    ]
    before, after = exact(old) or {}, exact(new) or {}
    return {top: (before.get(top), after.get(top)) for top in tops}


def said(text: str | None, value: Any) -> Any:
    """The value that the text stands for, where it is to stand for that one."""
    return text if text is None or isinstance(value, str) else exact(text)


def number(value: Any) -> Decimal | None:
    is_number = isinstance(value, Decimal) and abs(value) < LARGEST
    return round(value, 6) if is_number else None


@some
@given(pairs)
def test_changed_fields_are_those_of_the_api(found: list[tuple[Any, Any]]) -> None:
    texts = {uuid4(): tuple(json.dumps(each).encode() for each in pair) for pair in found}
    none = {b"null": None}
    store(
        new_activity(id=id, old_data=none.get(old, old), new_data=none.get(new, new))
        for id, (old, new) in texts.items()
    )
    Activity.objects.filter(id__in=texts).update(stored_by=LONG_AGO)
    rows: dict[UUID, dict[str, Any]] = {id: {} for id in texts}
    columns = ("activity_id", "field", "value_before", "value_after", "number_before", "number_after")
    for id, field, *values in read("activity_change", *columns, where="occurred_date > '2000-01-01'"):
        if UUID(id) in rows:
            rows[UUID(id)][field] = values
    for id, (old, new) in texts.items():
        wanted = expected(old, new)
        assert rows[id].keys() == wanted.keys()
        for field, (before, after) in wanted.items():
            text_before, text_after, *numbers = rows[id][field]
            assert [said(text_before, before), said(text_after, after)] == [before, after]
            assert numbers == [number(before), number(after)]


@pytest.mark.parametrize(
    ("target_type", "field", "label"),
    [
        ("person", "dateOfBirth", "Date of birth"),
        ("contactDetails", "description", "Note"),
        ("asset", "description", "Description"),
        ("asset", "a.b", "A b"),
        ("asset", "", "Unnamed"),
        ("asset", "x" * 300, "X" + "x" * 254),
    ],
)
def test_label_of_a_field(target_type: str, field: str, label: str) -> None:
    id = uuid4()
    store([new_activity(id=id, target_type=target_type, old_data=None, new_data=json.dumps({field: 1}).encode())])
    Activity.objects.update(stored_by=LONG_AGO)
    name = field if len(field) <= 255 else field[:248] + "… [cut]"
    assert read("activity_change", "field", "field_label") == [(name, label)]


NAMES = [
    *("tenureActivity", "basicRentNoVAT", "HBAdjustment", "middle name", "uprn", "nhs_number", "a-b/c.d", "__", "ID"),
    *("line1", "XMLHttpRequest2", "x", "X", "ABC", "f7f52fe1-53b8-547c-9058-32905c5f8997", "P1D", "aB1C2", "WORD word"),
    *sorted({name for kind in WORDING.kinds for name in kind}),
]


@pytest.mark.parametrize("name", NAMES)
def test_label_that_is_made_of_a_name(name: str) -> None:
    [(label,)] = execute(connection, "SELECT reporting.made_label(%s, %s)", [name, ACRONYMS])
    assert label == made_label(name, ACRONYMS)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-06-04", "2026-06-03T23:00:00Z", "2026-06-03T23:30:00", "2026-06-04T00:00:00Z", "2026-06-04 00:00"),
        *(
            "2026-12-31T23:59:59.9999999Z",
            "2026-06-04T00:30:00+01:00",
            "2024-02-29",
            "2026-02-29",
            "2026-02-30T10:00:00Z",
        ),
        *("2026-13-01", "0001-01-01T00:00:00", "2026-06-04T25:00:00Z", "2026-06-04T10:61:00Z", "soon", "", "2026"),
        *("04/06/2026", "2026-06-04T10:00:00-11:00", "2026-06-04T00:00:00+00:00", "2026-06-31"),
    ],
)
def test_day_of_a_transaction(text: str) -> None:
    wanted = in_london(text)
    assert execute(connection, "SELECT reporting.london_day(%s)", [text]) == [(wanted[0] if wanted else None,)]


@pytest.mark.parametrize(
    "sent", ["1", "-1.50", '"12.50"', '"-3"', '"+3"', '".5"', '"1e3"', "true", "null", '" 1"', "[]"]
)
def test_numbers_are_those_of_the_wording(sent: str) -> None:
    assert execute(connection, "SELECT reporting.as_number(%s::jsonb)", [sent]) == [(as_number(exact(sent)),)]
