"""Two documents side by side."""

import json
from typing import Any

import pytest

from activity_history.comparison import MOST_LINES, Line, compare


def lines(old: Any, new: Any) -> list[Line]:
    return compare(json.dumps(old).encode(), json.dumps(new).encode()).lines


def test_what_differs_is_marked_and_what_does_not_stands_between() -> None:
    assert lines({"a": 1, "b": {"c": "x", "d": None}, "e": 2}, {"a": 1, "b": {"c": "y"}, "f": [1, 2]}) == [
        ("/a", "1", "1", ""),
        ("/b/c", '"x"', '"y"', "changed"),
        ("/e", "2", "", "removed"),
        ("/f", "", "[1,2]", "added"),
    ]


def test_members_of_a_list_are_compared_by_id() -> None:
    old = {"members": [{"id": 1, "name": "Ana"}, {"id": 2, "name": "Bo"}]}
    new = {"members": [{"id": 2, "name": "Bob"}, {"id": 3, "name": "Cy"}]}
    assert lines(old, new) == [
        ("/members/0", '{"id":1,"name":"Ana"}', "", "removed"),
        ("/members/0/id", "2", "2", ""),
        ("/members/0/name", '"Bo"', '"Bob"', "changed"),
        ("/members/1", "", '{"id":3,"name":"Cy"}', "added"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (None, None, []),
        ({}, None, []),
        ({"a": []}, {"a": []}, [("/a", "[]", "[]", "")]),
        ({"a": {}}, {"a": {}}, [("/a", "{}", "{}", "")]),
        ({"a": 1}, {"a": None}, [("/a", "1", "", "removed")]),
        ({"a": None}, {"a": None}, [("/a", "null", "null", "")]),
        ({"a/b": 1, "": 2}, {"a/b": 1, "": 2}, [("/", "2", "2", ""), ("/a~1b", "1", "1", "")]),
        ({"a": [1, 2]}, {"a": [1, 2]}, [("/a", "[1,2]", "[1,2]", "")]),
    ],
)
def test_odd_documents_are_compared_too(old: Any, new: Any, shown: list[tuple[str, str, str, str]]) -> None:
    assert lines(old, new) == shown


def test_numbers_keep_every_digit() -> None:
    big = b'{"n": 12345678901234567.89, "m": [123456789012345678901234567890, 1.10]}'
    assert compare(big, big).lines == [
        Line("/m", "[123456789012345678901234567890,1.10]", "[123456789012345678901234567890,1.10]", ""),
        Line("/n", "12345678901234567.89", "12345678901234567.89", ""),
    ]


def test_of_a_long_document_the_differences_stay_and_the_rest_is_counted() -> None:
    old = {f"a{n:04}": n for n in range(2 * MOST_LINES)} | {"z": 1}
    shown = compare(json.dumps(old).encode(), json.dumps(old | {"z": 2}).encode())
    assert (len(shown.lines), shown.more) == (MOST_LINES, MOST_LINES + 1)
    assert shown.lines[-1] == Line("/z", "1", "2", "changed")
