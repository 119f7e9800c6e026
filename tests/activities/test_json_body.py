import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities import json_body
from activities.json_body import BodyUnreadable, Fault, Item, escape, read_body


def fast_and_slow(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[bytes], tuple[bool, list[Item]]]]:
    """The reader, and the same with everything under suspicion."""

    def slow(body: bytes) -> tuple[bool, list[Item]]:
        with monkeypatch.context() as patch:
            patch.setattr(json_body, "_read_fast", refuse)
            return read_body(body)

    def refuse(body: bytes) -> Any:
        raise RecursionError

    return [read_body, slow]


def test_one_and_many_are_told_apart() -> None:
    assert read_body(b'{"type": "x"}') == (False, [Item({"type": "x"}, None, None, [])])
    assert read_body(b"[]") == (True, [])
    values: list[Any] = [{}, None, "x"]
    assert read_body(b'[{}, null, "x"]') == (True, [Item(value, None, None, []) for value in values])
    assert read_body(b"null") == (False, [Item(None, None, None, [])])


def test_documents_are_the_senders_own_text(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b' [ {"oldData": {"b": 1.10, "a":12345678901234567.89}, "newData" : {"a": "\xc3\xa9"} } ] '
    for read in fast_and_slow(monkeypatch):
        many, [item] = read(body)
        assert many
        assert item.faults == []
        assert item.old_data is not None
        assert item.new_data is not None
        assert b"".join(item.old_data.split()) == b'{"b":1.10,"a":12345678901234567.89}'
        assert b"".join(item.new_data.split()) == '{"a":"é"}'.encode()


@pytest.mark.parametrize("text", ['{"newData": null}', "{}", '{"oldData": null, "other": {"oldData": {}}}'])
def test_a_document_that_is_null_or_absent_has_no_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for read in fast_and_slow(monkeypatch):
        [item] = read(text.encode())[1]
        assert item == Item(json.loads(text), None, None, [])


def test_of_equal_members_the_last_is_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    for read in fast_and_slow(monkeypatch):
        [item] = read(b'{"oldData": {"a": 1}, "newData": {}, "\\u006fldData": {"b": 2}, "newData": null}')[1]
        assert (item.old_data, item.new_data) in [(b'{"b": 2}', None), (b'{"b":2}', None)]


def test_what_only_looks_suspicious_has_no_fault() -> None:
    texts = ['"1e999"', '"x: 1e131071"', r'"\\u0000"', '"' + "9" * 200 + '"', "1e100", "-1E-100", "1e0000000100"]
    texts += ["9" * 100, "0." + "1" * 99, '"57687df6-ef16-5fd7-ab69-5048d09e1e55"', '"[[[[{{{{"', '"' + "[" * 40 + '"']
    body = '{"newData": {"a": [' + ", ".join(texts) + "]}}"
    [item] = read_body(body.encode())[1]
    assert item.faults == []
    assert item.new_data is not None
    exactly = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal)
    assert exactly.decode(item.new_data.decode())["a"] == exactly.decode(body)["newData"]["a"]


def test_every_fault_is_told_where_it_is() -> None:
    body = r"""{"type": "\ud83d", "newData": {"a": [NaN, -Infinity, 1e101, {"b~/c": "\u0000"}], "\udc00": 1e999},
        "oldData": {"\ud83d\ude00": "\ude00\ud83d"}}"""
    surrogate = r"A lone surrogate (\ud800 to \udfff) is no character: send the whole pair, or leave it out."
    [item] = read_body(body.encode())[1]
    assert (item.old_data, item.new_data) == (None, None)
    assert item.faults == [
        Fault("/type", surrogate),
        Fault("/newData/a/0", "NaN is not JSON: send null, or the word as a string."),
        Fault("/newData/a/1", "-Infinity is not JSON: send null, or the word as a string."),
        Fault("/newData/a/2", "A number's exponent lies between -100 and 100: send another as a string."),
        Fault("/newData/a/3/b~0~1c", r"The character \u0000 cannot be stored: leave it out."),
        Fault("/newData", f"A name: {surrogate}"),
        Fault("/oldData/😀", surrogate),
    ]


def test_one_items_fault_leaves_the_others_as_they_are() -> None:
    body = b'[{"newData": {"a": 1.10}}, {"newData": {"a": 1e131071}}, {"newData": {"a": 2.20}}]'
    first, second, third = read_body(body)[1]
    assert (first.new_data, first.faults) == (b'{"a":1.10}', [])
    assert (third.new_data, third.faults) == (b'{"a":2.20}', [])
    assert second.faults == [
        Fault("/newData/a", "A number's exponent lies between -100 and 100: send another as a string.")
    ]


def test_an_items_faults_are_cut_off_at_a_hundred() -> None:
    body = b'[{"newData": {"a": [' + b",".join([b"NaN"] * 5_000) + b"]}}]"
    [item] = read_body(body)[1]
    assert [fault.pointer for fault in item.faults] == [f"/newData/a/{index}" for index in range(100)]


@pytest.mark.parametrize("levels", [1, 31, 32])
def test_32_levels_are_no_fault(levels: int) -> None:
    document = '{"a":' * levels + "null" + "}" * levels
    [item] = read_body(f'{{"newData": {document}}}'.encode())[1]
    assert (item.new_data, item.faults) == (document.encode(), [])


@pytest.mark.parametrize("levels", [33, 100, 500])
def test_the_first_level_too_deep_is_pointed_at(levels: int) -> None:
    body = '{"newData": ' + '{"a":' * levels + "null" + "}" * levels + "}"
    [item] = read_body(body.encode())[1]
    assert item.faults == [Fault("/newData" + "/a" * 32, "Data has at most 32 levels: flatten what lies deeper.")]


@pytest.mark.parametrize("levels", [900, 1_000, 1_020, 1_024, 1_100, 5_000, 1_000_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"newData":', b"}")])
def test_no_depth_breaks_the_reader(levels: int, opens: bytes, closes: bytes) -> None:
    # How deep the readers go depends on what runs above them: up to there the data's own limit speaks.
    with suppress(BodyUnreadable):
        assert len(read_body(opens * levels + b"1" + closes * levels)[1]) == 1


def test_what_is_deeper_than_can_be_read_is_refused_whole() -> None:
    with pytest.raises(BodyUnreadable) as error:
        read_body(b"[" * 1_000_000)
    assert str(error.value) == "The body is nested too deep: data has at most 32 levels."


@pytest.mark.parametrize(("key", "part"), [("a", "a"), ("a/b", "a~1b"), ("a~b", "a~0b"), ("~1", "~01"), ("", "")])
def test_a_name_in_a_pointer_is_escaped(key: str, part: str) -> None:
    assert escape(key) == part


scalars = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(-1e90, 1e90) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(["oldData", "newData", "type"]), values) | values


@settings(derandomize=True, max_examples=300, deadline=None)
@given(body=bodies | st.lists(bodies, max_size=3), spaced=st.booleans())
def test_both_ways_to_read_say_the_same(body: Any, spaced: bool) -> None:
    text = json.dumps(body, indent=1 if spaced else None).encode()
    with pytest.MonkeyPatch.context() as patch:
        (many, fast), (also_many, slow) = (read(text) for read in fast_and_slow(patch))
    assert many == also_many
    assert len(fast) == len(slow)
    for one, other in zip(fast, slow, strict=True):
        if not isinstance(one.value, dict) or other.faults:
            assert one.faults == other.faults
            continue
        assert one.faults == []
        for mine, theirs in ((one.old_data, other.old_data), (one.new_data, other.new_data)):
            # A member that is no object is refused by its shape, and never becomes a document.
            if theirs is not None:
                assert mine is not None
                assert json.loads(mine) == json.loads(theirs)


def test_exponent_with_leading_zeros_is_no_longer_for_it() -> None:
    items = [
        read_body(b'{"newData": {"n": %s}}' % number)[1][0] for number in (b"1e0000000000100", b"1e-0000000000000005")
    ]
    assert [item.faults for item in items] == [[], []]


def test_size_counts_exponents_written_out() -> None:
    """A hundred digits from four bytes would let a small body make an answer of gigabytes."""
    (item,) = read_body(b'{"newData": {"n": [' + b",".join([b"1e99"] * 3_000) + b"]}}")[1]
    assert [fault.pointer for fault in item.faults] == ["/newData"]
    (item,) = read_body(b'{"newData": {"n": [' + b",".join([b"1e99"] * 2_000) + b"]}}")[1]
    assert item.faults == []
