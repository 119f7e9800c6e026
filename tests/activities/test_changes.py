from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from activities.changes import as_json, changes, read_document

LONG = "123456789012345678901234567.890"

numbers = st.integers(-3, 3) | st.sampled_from([0.5, 1.0, 10**29 + 1])
scalars = st.none() | st.booleans() | numbers | st.text('aé"\\😀', max_size=3)
keys = st.text("ab~/", max_size=2)


def members(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    ids = st.sampled_from([1, True, "1", "2"])
    return st.lists(st.fixed_dictionaries({"id": ids, "v": value}), max_size=3)


def objects(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, value, max_size=3)


plain_documents = objects(st.recursive(scalars | st.lists(scalars, max_size=2), objects, max_leaves=8))
values = st.recursive(scalars, lambda each: st.lists(each, max_size=3) | objects(each) | members(each), max_leaves=10)
documents = objects(values)


def written(old: str, new: str) -> str:
    found = changes(read_document(old), read_document(new))
    return '{"changes":' + as_json(found).decode() + "}"


def between(old: Any, new: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(
        written(json.dumps(old), json.dumps(new)), parse_int=Decimal, parse_float=Decimal
    )["changes"]
    return listed


def change(path: str, old: Any, new: Any) -> dict[str, Any]:
    return {"path": path, "old": old, "new": new}


def test_nothing_differs_between_two_missing_documents() -> None:
    assert written("null", "null") == '{"changes":[]}'
    assert written("null", "{}") == '{"changes":[]}'


def test_a_missing_document_counts_as_an_empty_one() -> None:
    assert written("null", '{"surname": "Okafor", "age": 44}') == (
        '{"changes":[{"path":"/age","old":null,"new":44},{"path":"/surname","old":null,"new":"Okafor"}]}'
    )
    assert written('{"surname": "Okafor"}', "null") == ('{"changes":[{"path":"/surname","old":"Okafor","new":null}]}')


def test_objects_are_walked_and_only_what_differs_is_listed_in_order_of_path() -> None:
    old = {"title": "Mrs", "tenureType": {"description": "Introductory", "code": "INT", "open": True}}
    new = {"title": "Mrs", "tenureType": {"description": "Secure", "code": "SEC", "open": True}, "a": "x"}

    assert between(old, new) == [
        change("/a", None, "x"),
        change("/tenureType/code", "INT", "SEC"),
        change("/tenureType/description", "Introductory", "Secure"),
    ]


def test_a_value_on_one_side_only_is_one_change_whatever_is_in_it() -> None:
    assert between({"gone": {"a": {"b": 1}}}, {"added": [{"id": 1}]}) == [
        change("/added", None, [{"id": 1}]),
        change("/gone", {"a": {"b": 1}}, None),
    ]
    assert between({}, {"object": {}, "array": []}) == [
        change("/array", None, []),
        change("/object", None, {}),
    ]


def test_an_absent_member_and_a_null_one_do_not_differ() -> None:
    assert between({"surname": None, "name": {}}, {"name": {"middle": None}}) == []


def test_a_value_of_another_type_is_one_change() -> None:
    assert between({"a": {"b": 1}, "c": [], "d": "x"}, {"a": [{"id": 1}], "c": {}, "d": {"e": 1}}) == [
        change("/a", {"b": 1}, [{"id": 1}]),
        change("/c", [], {}),
        change("/d", "x", {"e": 1}),
    ]


def test_numbers_are_compared_by_value() -> None:
    old = '{"a": 1, "b": 1.10, "c": [1, {"d": 2.0}], "e": 0.1, "f": -0.0}'
    new = '{"a": 1.0, "b": 1.1, "c": [1.00, {"d": 2}], "e": 0.10000000000000000001, "f": 0}'

    assert written(old, new) == '{"changes":[{"path":"/e","old":0.1,"new":0.10000000000000000001}]}'


def test_one_and_true_and_their_texts_are_different_values() -> None:
    assert written('{"a": 1, "b": 1, "c": [0]}', '{"a": true, "b": "1", "c": [false]}') == (
        '{"changes":[{"path":"/a","old":1,"new":true},{"path":"/b","old":1,"new":"1"},'
        '{"path":"/c","old":[0],"new":[false]}]}'
    )


def test_every_digit_of_every_number_is_kept() -> None:
    old = f'{{"a": 1.10, "b": {{"deep": [{LONG}]}}, "c": {"9" * 100}}}'
    new = f'{{"a": 2.50, "b": {{"deep": [-{LONG}]}}, "c": 0.{"0" * 99}1}}'

    assert written(old, new) == (
        '{"changes":['
        '{"path":"/a","old":1.10,"new":2.50},'
        f'{{"path":"/b/deep","old":[{LONG}],"new":[-{LONG}]}},'
        f'{{"path":"/c","old":{"9" * 100},"new":0.{"0" * 99}1}}'
        "]}"
    )


def test_members_with_ids_are_matched_by_them_and_not_by_position() -> None:
    old = {"householdMembers": [{"id": "p1", "fullName": "Ngozi Okafor"}, {"id": "p2", "fullName": "Ike Bell"}]}
    new = {"householdMembers": [{"id": "p2", "fullName": "Ike Bell"}, {"id": "p1", "fullName": "Ngozi Bell"}]}

    assert between(old, new) == [change("/householdMembers/1/fullName", "Ngozi Okafor", "Ngozi Bell")]
    assert between(old, {"householdMembers": old["householdMembers"][::-1]}) == []


def test_a_member_on_one_side_only_is_one_change_at_its_index_there() -> None:
    a, b, c = {"id": "a"}, {"id": "b", "name": "Bo"}, {"id": "c"}

    assert between({"m": [a, b]}, {"m": [a, b, c]}) == [change("/m/2", None, c)]
    assert between({"m": [a, b, c]}, {"m": [c]}) == [change("/m/0", a, None), change("/m/1", b, None)]


def test_where_two_members_share_a_path_the_old_one_is_listed_first() -> None:
    a, b, c = {"id": "a"}, {"id": "b", "v": 1}, {"id": "c"}

    assert between({"m": [a, b]}, {"m": [c, {"id": "b", "v": 2}]}) == [
        change("/m/0", a, None),
        change("/m/0", None, c),
        change("/m/1/v", 1, 2),
    ]


def test_an_empty_array_counts_as_one_whose_members_have_ids() -> None:
    assert between({"m": []}, {"m": [{"id": 1}]}) == [change("/m/0", None, {"id": 1})]
    assert between({"m": [{"id": 1}]}, {"m": []}) == [change("/m/0", {"id": 1}, None)]
    assert between({"m": []}, {"m": [1]}) == [change("/m", [], [1])]


def test_any_other_array_is_one_change_at_its_own_path() -> None:
    plain = [{"type": "Rent", "amount": 1}], [{"type": "Rent", "amount": 2}]
    repeated = [{"id": 1, "v": 1}, {"id": 1.0, "v": 2}], [{"id": 1, "v": 3}]
    without_id = [{"id": None, "v": 1}], [{"id": None, "v": 2}]
    mixed = [{"id": 1}, "x"], [{"id": 1}]

    for old, new in (plain, repeated, without_id, mixed):
        assert between({"m": old}, {"m": new}) == [change("/m", old, new)]
        assert between({"m": new}, {"m": old}) == [change("/m", new, old)]


def test_ids_are_compared_as_strictly_as_values() -> None:
    assert between({"m": [{"id": 1, "v": 1}]}, {"m": [{"id": 1.0, "v": 2}]}) == [change("/m/0/v", 1, 2)]
    assert written('{"m": [{"id": 1}]}', '{"m": [{"id": true}, {"id": "1"}]}') == (
        '{"changes":[{"path":"/m/0","old":{"id":1},"new":null},'
        '{"path":"/m/0","old":null,"new":{"id":true}},'
        '{"path":"/m/1","old":null,"new":{"id":"1"}}]}'
    )


def test_paths_are_json_pointers_in_order_of_their_text() -> None:
    old = {"m": [{"id": n, "v": 0} for n in range(11)], "a/b": 1, "m~n": 1, "": 1}
    new = {"m": [{"id": n, "v": n // 2} for n in range(11)]}

    assert [each["path"] for each in between(old, new)] == [
        "/",
        "/a~1b",
        "/m/10/v",
        *(f"/m/{n}/v" for n in range(2, 10)),
        "/m~0n",
    ]


def test_documents_of_32_levels_are_walked_to_the_bottom() -> None:
    def nested(value: int) -> Any:
        document: Any = value
        for _ in range(32):
            document = {"n": document}
        return document

    assert between(nested(1), nested(2)) == [change("/n" * 32, 1, 2)]


@given(documents)
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert between(document, document) == []


@given(documents, documents)
def test_paths_come_in_order_and_no_change_has_equal_sides(old: dict[str, Any], new: dict[str, Any]) -> None:
    listed = between(old, new)

    assert [each["path"] for each in listed] == sorted(each["path"] for each in listed)
    assert all(repr(each["old"]) != repr(each["new"]) for each in listed)


@given(documents, documents)
def test_the_other_way_round_the_same_changes_have_their_sides_swapped(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    there = sorted((repr(each["old"]), repr(each["new"])) for each in between(old, new))
    back = sorted((repr(each["new"]), repr(each["old"])) for each in between(new, old))

    assert there == back


@given(plain_documents, plain_documents)
def test_the_old_document_with_the_changes_made_is_the_new_one(old: dict[str, Any], new: dict[str, Any]) -> None:
    made = json.loads(json.dumps(old), parse_int=Decimal, parse_float=Decimal)
    for each in between(old, new):
        *way, last = (part.replace("~1", "/").replace("~0", "~") for part in each["path"].removeprefix("/").split("/"))
        holder = made
        for part in way:
            holder = holder[part]
        holder[last] = each["new"]

    assert without_nulls(made) == without_nulls(new)


def without_nulls(document: dict[str, Any]) -> dict[str, Any]:
    return {
        key: without_nulls(value) if isinstance(value, dict) else value
        for key, value in document.items()
        if value is not None
    }
