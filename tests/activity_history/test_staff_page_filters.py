"""What a reader may ask the staff page for."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities import statements
from activities.models import Author
from activities.new_activities import AuthorSnapshot
from tests.activity_history.staff import see, staff
from tests.stored import stored

PAGE = "/history/t-1"
WORKED = AuthorSnapshot("a-1", "Dawit Haile", "dawit@council.example")
OTHER = AuthorSnapshot(None, "Ann Lee", "ann@council.example")


@pytest.fixture
def officer(db: None) -> Client:
    return staff("view_activity")


def happened(moment: str, **columns: Any) -> None:
    stored(target_id="t-1", occurred_at=datetime.fromisoformat(moment).replace(tzinfo=UTC), **columns)


@pytest.fixture
def _history(officer: Client) -> None:
    happened("2026-06-03T22:59:59.999999", target_type="tenure", type="end", source_domain="Tenure", author=OTHER)
    happened("2026-06-03T23:00:00.000001", target_type="asset", type="create", source_domain="Asset", author=WORKED)
    happened("2026-06-04T22:59:59.999999", target_type="spaceShip", type="launch", source_domain="Nasa", author=WORKED)
    happened("2026-06-04T23:00:00", target_type="person", type="delete", source_domain=None, author=OTHER)


ALL = {"tenure": "Tenure ended", "asset": "Property", "spaceShip": "Launch", "person": "Person deleted"}


def shown(officer: Client, **parameters: str) -> set[str]:
    sentences = see(officer, PAGE, **parameters).sentences
    found = {name for name, start in ALL.items() for said in sentences if said.startswith(start)}
    assert len(found) == len(sentences), sentences
    return found


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ({}, {*ALL}),
        ({"targetType": "tenure"}, {"tenure"}),
        ({"type": "create"}, {"asset"}),
        ({"targetType": "spaceShip", "type": "launch"}, {"spaceShip"}),
        ({"targetType": "tenure", "type": "create"}, set()),
        ({"domain": "Nasa"}, {"spaceShip"}),
        ({"domain": "nasa"}, set()),
        # Days of London, both included: its fourth of June begins at eleven in the evening of UTC.
        ({"dateFrom": "2026-06-04"}, {"asset", "spaceShip", "person"}),
        ({"dateTo": "2026-06-04"}, {"asset", "spaceShip", "tenure"}),
        ({"dateFrom": "2026-06-04", "dateTo": "2026-06-04"}, {"asset", "spaceShip"}),
        ({"dateFrom": "4/6/2026", "dateTo": "4 June 2026"}, {"asset", "spaceShip"}),
        ({"targetType": "", "type": "", "domain": "", "author": "", "dateFrom": "", "dateTo": "", "after": ""}, {*ALL}),
    ],
)
def test_filters(officer: Client, parameters: dict[str, str], wanted: set[str]) -> None:
    assert shown(officer, **parameters) == wanted


@pytest.mark.usefixtures("_history")
def test_only_by_one_person_is_a_link_without_a_name(officer: Client) -> None:
    page = see(officer, PAGE, dateTo="2026-06-04")
    link = page.link("Only by this author")
    row = Author.objects.get(full_name="Dawit Haile").id
    assert link == f"{PAGE}?dateTo=2026-06-04&author={row}"
    theirs = see(officer, link)
    assert "Only by Dawit Haile" in theirs.text
    assert len(theirs.sentences) == 2
    assert see(officer, theirs.link("Show entries by anyone")).sentences == page.sentences
    # The name is known also where the other filters leave nothing of theirs.
    none = see(officer, PAGE, author=str(row), type="delete")
    assert "Only by Dawit Haile" in none.text
    assert "No entries match these filters" in none.text


@pytest.mark.usefixtures("_history")
def test_person_without_a_row_about_this_record_is_not_named(officer: Client) -> None:
    stored(target_id="t-2", author=AuthorSnapshot(None, "Ruta Osei", None))
    row = Author.objects.get(full_name="Ruta Osei").id
    page = see(officer, PAGE, author=str(row))
    assert "Ruta" not in page.html
    assert "Only by one author." in page.text


@pytest.mark.usefixtures("_history")
def test_no_name_or_address_stands_in_a_link(officer: Client) -> None:
    links = re.findall(r'(?:href|action|value)="([^"]*)"', see(officer, PAGE).html)
    assert not [link for link in links if re.search(r"(?i)dawit|ann|lee|%40|@", link)]


@pytest.mark.usefixtures("_history")
def test_choices_are_the_known_words_those_on_the_page_and_what_was_asked_for(officer: Client) -> None:
    page = see(officer, PAGE, targetType="moonBase")
    for option in ('<option value="moonBase" selected>Moon base</option>', '<option value="tenure">Tenure</option>'):
        assert option in page.html
    assert '<option value="spaceShip">Space ship</option>' in see(officer, PAGE).html
    assert '<option value="Nasa">Nasa</option>' in see(officer, PAGE).html
    assert '<option value="Finance">Rents and charges</option>' in see(officer, PAGE).html


@pytest.mark.usefixtures("_history")
def test_filters_that_let_nothing_through(officer: Client) -> None:
    page = see(officer, PAGE, type="migrate")
    assert page.status == 200
    assert "No entries match these filters This record has other entries." in page.text
    assert see(officer, page.link("Show all entries")).sentences
    assert "Nothing is recorded about this record" in see(officer, "/history/t-9", type="migrate").text


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("targetType", "a b", "Kind of record is a word of letters, digits and _ . -: choose one of the list"),
        ("type", "x" * 65, "What was done is a word of letters, digits and _ . -: choose one of the list"),
        ("domain", "x" * 65, "A domain has at most 64 characters: choose one of the list"),
        ("domain", "\0", "Null characters are not allowed."),
        ("author", "Dawit Haile", "The author in the address is not right: choose “Show entries by anyone”."),
        ("author", "0", "The author in the address is not right: choose “Show entries by anyone”."),
        ("author", "9" * 30, "The author in the address is not right: choose “Show entries by anyone”."),
        ("dateFrom", "31/2/2026", "“From” must be a real date, like 27/3/2026"),
        ("dateTo", "soon", "“To” must be a real date, like 27/3/2026"),
        ("dateTo", "9999-12-31", "Enter a year from 1900 to 2999"),
        ("dateFrom", "0001-01-01", "Enter a year from 1900 to 2999"),
    ],
)
@pytest.mark.usefixtures("_history")
def test_bad_filter_tells_the_cure_and_is_kept(officer: Client, name: str, value: str, sentence: str) -> None:
    page = see(officer, PAGE, **{name: value, "type" if name != "type" else "domain": "end"})
    assert (page.status, page.sentences) == (400, [])
    assert f'<li><a href="#id_{name}">{sentence}</a></li>' in page.html
    assert f'id="id_{name}"' in page.html
    assert page.text.count(sentence) == 2
    assert "Nothing is shown until the filters are right." in page.text
    assert '<option value="end" selected>' in page.html
    if name.startswith("date") and sentence.endswith("2026"):
        assert f'type="text" value="{value}"' in page.html


@pytest.mark.usefixtures("_history")
def test_days_in_the_wrong_order(officer: Client) -> None:
    page = see(officer, PAGE, dateFrom="2026-06-05", dateTo="2026-06-04")
    assert page.status == 400
    assert '<a href="#id_dateTo">“To” must be the same day as “From”, or a later one</a>' in page.html
    assert 'type="date" value="2026-06-05"' in page.html
    assert 'value="2026-06-04"' in page.html


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize(("parameters", "most"), [({"type": "end"}, 2), ({"type": "migrate"}, 3)])
def test_a_filtered_page_takes_three_statements_at_most(officer: Client, parameters: dict[str, str], most: int) -> None:
    row = Author.objects.get(full_name="Ann Lee").id
    with CaptureQueriesContext(connection) as queries:
        see(officer, PAGE, author=str(row), **parameters)
    reader = re.compile('"django_session"|"auth_|SAVEPOINT')
    asked = [query["sql"] for query in queries.captured_queries if not reader.search(query["sql"])]
    assert len(asked) == most
    assert "statement_timeout" in asked[0]


def test_filter_that_takes_too_long(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(target_id="t-1")
    monkeypatch.setattr(statements, "LONGEST_READ_MS", 1)
    with connection.execute_wrapper(_slowly):
        page = see(officer, PAGE, type="end")
    assert page.status == 503
    assert "This took too long: choose fewer days, or fewer filters" in page.text


def _slowly(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
    if 'FROM "activity"' in sql:
        sql, parameters = "SELECT pg_sleep(1)", ()
    return execute(sql, parameters, many, context)
