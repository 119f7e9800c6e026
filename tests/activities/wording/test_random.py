"""Whatever stands in the data, nothing breaks, and residents read only what is theirs."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.wording import AUDIENCES, WORDING
from tests.activities.wording.records import faults_of, record

UUID = "f7f52fe1-53b8-547c-9058-32905c5f8997"
FIELDS = {f"{name.target_type}/{name.type}": kind.residents_see for name, kind in WORDING.kinds.items()}
LISTED = sorted({field for fields in FIELDS.values() for field in fields})
CODES = sorted({value for group in WORDING.groups for part in group.parts for value in part.values})
NASTY = [
    *(UUID, UUID.upper().replace("-", ""), "a.b@council.example", "Sinead Doyle", "camelCase", "x" * 5000),
    *('{"a": null}', '["a"]', "{a}", "null", "None", "undefined", "", " ", "two\nlines\x01"),
    *("2026-06-04T00:00:00Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-10:00", "12.50", "1e400"),
]
FROM_THE_SAME = re.compile(r"\b(?:from|for) “?(.+?)”? (?:to|instead of|replaced by) “?\1(?!\w)")
# Fields that sentences name on both sides, and values that differ but read the same.
FROM_OLD = [
    *(("person/update", field) for field in ("surname", "preferredSurname")),
    *(("majorWorks/update", "chargedAmount"), ("account/update", "accountBalance"), ("workOrder/update", "status")),
    *(("account/update", "consolidatedCharges"), ("tenure/update", "tenureType"), ("process/update", "state")),
]
ALIKE: list[tuple[Any, Any]] = [
    *((5, "5.00"), (5, 5.001), ("Bell", " Bell"), ("Bell", "Bell")),
    ([{"id": 1, "type": "Garage"}], [{"id": 2, "type": "Garage"}]),
    ({"code": "I", "description": "Secure"}, {"code": "S", "description": "Secure"}),
]
NESTED = [
    "id",
    "type",
    "amount",
    "code",
    "fullName",
    "frequency",
    "instalments",
    "secretNote",
    UUID,
    "x@y",
    "{",
    "",
    "/~",
]

kinds = st.sampled_from([*FIELDS, "widget/mend", "tenure/wibble"])
texts = st.sampled_from([*NASTY, *CODES, "Roof", "£5"]) | st.text(max_size=8)
numbers = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | st.just(0)
scalars = st.none() | st.booleans() | numbers | texts
names = st.sampled_from([*LISTED, *NESTED])
members = st.dictionaries(names, scalars, max_size=4)
values = scalars | members | st.lists(members | scalars, max_size=3)
data = st.dictionaries(names, values, max_size=8)
documents = (
    st.none() | data | st.builds(lambda some, code: some | {"transactionType": code}, data, st.sampled_from(CODES))
)

many = settings(max_examples=500, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal)


@many
@given(kinds, documents, documents)
def test_every_audience_gets_a_sentence_and_rows_without_a_gap(kind: str, new: Any, old: Any) -> None:
    stored = record(kind, new, old)
    for audience in AUDIENCES:
        for may_see in (True, False):
            assert WORDING.sentence(stored, audience, may_see_sensitive=may_see).strip()
            rows = WORDING.what_changed(stored, audience, may_see_sensitive=may_see)
            assert [row for row in rows if not all(text.strip() for text in row)] == []
        WORDING.pay_link(stored, audience)
    WORDING.group_of(stored)


@many
@given(st.sampled_from(FROM_OLD), st.sampled_from(ALIKE), data, st.booleans())
def test_no_sentence_says_that_something_changed_into_the_same(
    kind_and_field: tuple[str, str], alike: tuple[Any, Any], rest: Any, is_whole: bool
) -> None:
    (kind, field), old, new = kind_and_field, rest if is_whole else {}, rest
    stored = record(kind, {**new, field: alike[1]}, {**old, field: alike[0]})
    sentences = [WORDING.sentence(stored, audience, may_see_sensitive=True) for audience in AUDIENCES]
    assert [each for each in sentences if FROM_THE_SAME.search(each)] == []


@many
@given(kinds, documents, documents)
def test_residents_read_nothing_that_is_not_for_them(kind: str, new: Any, old: Any) -> None:
    assert faults_of(record(kind, new, old)) == []


@many
@given(kinds, documents, documents)
def test_residents_get_exactly_the_listed_fields(kind: str, new: Any, old: Any) -> None:
    seen = WORDING.seen_by(record(kind, new, old), "resident", may_see_sensitive=False)
    for document, got in ((old, seen.old_data), (new, seen.new_data)):
        if kind not in FIELDS or not FIELDS[kind] or document is None:
            assert got == b"null"
        else:
            whole = exact(json.dumps(document))
            assert exact(got) == {name: value for name, value in whole.items() if name in FIELDS[kind]}
