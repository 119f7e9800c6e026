"""What is kept of data: every value, to the last digit; and what is not."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.activities.api.posts import FIRST, SECOND, post_text, text_of
from tests.api_client import CheckedClient
from tests.shapes import activity


def digits(number: str) -> str:
    """As kept: without exponent and the sign of zero."""
    plain = format(Decimal(number), "f")
    return plain if Decimal(number) else plain.removeprefix("-")


def reading(text: str) -> Any:
    """The JSON, each number as a pair with its digits."""
    return json.loads(
        text, parse_int=lambda number: ("number", digits(number)), parse_float=lambda number: ("number", digits(number))
    )


def readings(api: CheckedClient, id: str, target_id: str) -> list[tuple[Any, Any]]:
    """Both documents, as each way to read gives them."""
    one = reading(api.get(f"/api/v1/activities/{id}").text)
    [listed] = [each for each in reading(api.about(target_id).text)["results"] if each["id"] == id]
    path = "/api/v1/activityhistory"
    [seen] = [
        each for each in reading(api.get(path, params={"targetId": target_id}).text)["results"] if each["id"] == id
    ]
    return [(record["oldData"], record["newData"]) for record in (one, listed, seen)]


@pytest.mark.parametrize(
    "number",
    [
        *["12345678901234567.89", "1.10", "-1.10", "0.1000", "12345678901234567890123", "-98765432109876543210987"],
        *["9007199254740993", "18446744073709551616", "-9223372036854775809", "0.1", "1e100", "1E+100", "1e-100"],
        *["1.10e1", "12e-1", "-0", "-0.00", "0e5", "9" * 100, "-0." + "123456789" * 11, "9" * 100 + "e100"],
        *["1e0000000001"],
    ],
)
@pytest.mark.parametrize("many", [False, True], ids=["one", "array"])
def test_a_number_is_kept_to_the_last_digit(api: CheckedClient, number: str, many: bool) -> None:
    document = f'{{"rent": {number}, "nested": [{{"rent":{number}}}, {number}]}}'
    text = text_of(activity(id=FIRST, targetId="t-1"), oldData=document, newData=document)
    other = text_of(activity(id=SECOND, targetId="t-1"), oldData='{"other": 1.0}', newData="null")
    stored = post_text(api, f"[{other}, {text}]" if many else text, prefer="return=representation")
    assert stored.status_code == 201
    kept = reading(document)
    assert readings(api, FIRST, "t-1") == [(kept, kept)] * 3
    answered = reading(stored.text)
    record = answered["results"][1] if many else answered
    assert (record["oldData"], record["newData"]) == (kept, kept)


@pytest.mark.parametrize(
    "text",
    [
        *['"é"', '"日本語"', '"😀"', '"a\\u00e9"', '"\\ud83d\\ude00"', '"\\u65e5\\u672c"', '"e\\u0301"'],
        *['"\\\\u0000"', '"\\\\\\\\"', '"\\"\\/\\b\\f\\n\\r\\t"', '"\\u0001\\u001f\\u007f\\u0085"'],
        *['"\\u2028\\u2029\\ufeff\\uffff"'],
        *['""', '"  "', '"<script>"', '"1e131071"', '"NaN"', '"9999999999999999999999.10"', '"%s %(a)s {0}"'],
        *['"\';--"'],
        *["null", "true", "false", "[]", "{}", "[[], [null], {}]", '{"": {"": ""}}', '{"a/b": {"~": 1}}'],
        *['{"\\u00e9": 1}', '{"\\ud83d\\ude00": {"😀": 1}}'],
    ],
)
def test_text_is_kept_to_the_last_character(api: CheckedClient, text: str) -> None:
    document = f'{{"a": {text}}}'
    post_text(api, text_of(activity(id=FIRST, targetId="t-1"), oldData="{}", newData=document))
    assert readings(api, FIRST, "t-1") == [({}, reading(document))] * 3


@pytest.mark.parametrize("many", [False, True], ids=["one", "array"])
@pytest.mark.parametrize("slowly", ["1", "1e100"], ids=["read fast", "read slowly"])
def test_of_equal_keys_the_last_counts(api: CheckedClient, many: bool, slowly: str) -> None:
    text = text_of(activity(id=FIRST), newData=f'{{"a": {slowly}, "b": {{"c": 1, "c": 2.50}}, "a": {{"d": 3}}}}')
    twice = '{"type": "migrate", "oldData": {"not": "this"}, ' + text[1:-1] + ', "\\u006fldData": {"but": "this"}}'
    assert post_text(api, f"[{twice}]" if many else twice).status_code == 201
    record = reading(api.get(f"/api/v1/activities/{FIRST}").text)
    assert record["oldData"] == {"but": "this"}
    assert record["newData"] == {"a": {"d": ("number", "3")}, "b": {"c": ("number", "2.50")}}
    assert record["type"] == "update"


def test_the_order_of_keys_is_not_kept(api: CheckedClient) -> None:
    orders = ['{"b": 1, "a": 2, "long": 3}', '{"long": 3, "a": 2, "b": 1}']
    for id, order in zip((FIRST, SECOND), orders, strict=True):
        post_text(api, text_of(activity(id=id, targetId="t-1"), newData=order))
    first, second = (api.get(f"/api/v1/activities/{id}").json()["newData"] for id in (FIRST, SECOND))
    assert list(first) == list(second) == ["a", "b", "long"]


numbers = st.builds(
    lambda unscaled, exponent: Decimal(f"{unscaled}e{exponent}"),
    st.integers(-(10**40), 10**40) | st.integers(-99, 99),
    st.integers(-50, 50) | st.just(0),
)
# Neither U+0000 nor surrogates: those are refused.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(texts, each, max_size=4),
    max_leaves=12,
)
documents = st.none() | st.dictionaries(texts, values, max_size=5)


def written(value: Any, *, ascii_only: bool) -> str:
    """JSON with decimals digit for digit."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(written(each, ascii_only=ascii_only) for each in value) + "]"
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(key, ensure_ascii=ascii_only)}: {written(each, ascii_only=ascii_only)}"
            for key, each in value.items()
        )
        return "{" + ",".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=ascii_only)


@settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(documents, documents), min_size=1, max_size=4), ascii_only=st.booleans())
def test_whatever_documents_are_sent_the_same_are_read(
    api: CheckedClient, pairs: list[tuple[Any, Any]], ascii_only: bool
) -> None:
    sent = [tuple(written(document, ascii_only=ascii_only) for document in pair) for pair in pairs]
    texts = [text_of(activity(), oldData=old_data, newData=new_data) for old_data, new_data in sent]
    response = post_text(api, f"[{', '.join(texts)}]")
    assert response.status_code == 201
    for result, pair in zip(response.json()["results"], sent, strict=True):
        record = reading(api.get(f"/api/v1/activities/{result['id']}").text)
        assert (record["oldData"], record["newData"]) == tuple(map(reading, pair))
