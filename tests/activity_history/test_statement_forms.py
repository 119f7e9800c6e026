"""The values of a statement: how they are read, and what is said of bad ones."""

import logging
import re

import pytest
from django.test import Client

from tests.activity_history.explaining_staff import ASKED, SECRET, analyst, explained
from tests.stored import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return analyst()


@pytest.mark.parametrize(
    ("name", "field", "value", "cure"),
    [
        ("activities_about_target", "rows", "many", "Write a whole number such as 21, or leave it empty for null."),
        ("activities_about_target", "rows", str(2**63), "Write a whole number such as 21, or leave it empty for null."),
        (
            *("activities_about_target", "before", "yesterday"),
            "Write a moment such as 2026-02-19T15:12:00Z, or leave it empty for null.",
        ),
        (
            *("activities_by_ids", "ids", "00000000-0000-4000-8000-000000000001\nx"),
            "Write a UUID such as 00000000-0000-0000-0000-000000000000, or leave it empty for null.",
        ),
        ("author_ids", "authors", "{", 'Write JSON such as {"a": 1}, or leave it empty for null.'),
        ("worked_meanwhile", "seconds", "x", "Write a number such as 0.5, or leave it empty for null."),
        ("activities_about_target", "target_id", "a\0b", "Null characters are not allowed."),
    ],
)
def test_a_bad_value_is_refused_with_the_cure(client: Client, name: str, field: str, value: str, cure: str) -> None:
    answer = explained(client, name, **{field: value})
    assert (answer.status_code, answer.context["form"].errors) == (400, {field: [cure]})


def test_what_the_database_refuses_is_told_without_its_words(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = explained(client, **{**ASKED, "rows": "-1"})
    assert (answer.status_code, answer.context["asked"].error) == (
        400,
        "The database refused these values (SQLSTATE 2201W): hold each against its type and against where it comes "
        "from, or leave it empty for null.",
    )
    assert SECRET not in caplog.text
    assert SECRET not in "".join(re.findall("<p.*?</p>", answer.content.decode(), re.DOTALL))


def test_arrays_reach_the_statement_line_by_line_whatever_they_hold(client: Client) -> None:
    for target_id in ('a"b', "c\\d", "e,f", "{}", "NULL"):
        stored(target_id=target_id)
    values = {**ASKED, "target_ids": 'a"b\r\nc\\d\r\n\r\ne,f\r\n{}\r\nNULL'}
    answer = explained(client, "activities_about_targets", **values)
    assert "It gave 5 rows." in answer.context["asked"].plan.sentences


def test_what_django_builds_is_explained_for_the_address_of_a_call(client: Client) -> None:
    stored(target_id=SECRET)
    asked = explained(client, "activities_narrowed", address=f"?targetId={SECRET}&type=update&type=end")
    assert 'AND "activity"."type" IN ($2, $3)' in asked.context["shown"].text
    assert "It gave 1 row." in asked.context["asked"].plan.sentences
    assert SECRET not in asked.context["asked"].raw


def test_an_address_that_the_api_would_refuse_is_refused_in_its_words(client: Client) -> None:
    answer = explained(client, "activities_narrowed", address="targetId=&occurredFrom=soon")
    assert answer.status_code == 400
    [first, second] = answer.context["form"].errors["address"]
    assert first.startswith("targetId: ")
    assert second.startswith("occurredFrom: ")


def test_a_call_that_would_run_nothing_is_told_what_it_lacks(client: Client) -> None:
    answer = explained(client, "target_has_activities", address="")
    cure = "The call would run no statement: name a target, such as targetId=t-1."
    assert (answer.status_code, answer.context["form"].errors) == (400, {"address": [cure]})
