"""The list of activities in the admin: searched exactly, filtered within bounds, read on to and fro."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from activities import statements
from activities.models import Activity, Author
from activity_history import timeline
from activity_history.admin import activity_list, keyset
from activity_history.admin.activity_form import ListForm
from activity_history.rows import Reader
from tests.acting import acting_as
from tests.activity_history.admin_pages import address, page_of, queries_of, said, signed_in_with
from tests.connections import execute
from tests.stored import AUTHOR, new_activity, store, stored

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/activity/"


@pytest.fixture
def analyst() -> Client:
    return signed_in_with("view_activity")


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def listed(client: Client, **query: str) -> list[str]:
    """The ids of the targets, in the order of the list."""
    answer = client.get(LIST, query)
    assert (answer.status_code, answer.context["faults"]) == (200, [])
    return [row.target_id for row in answer.context["rows"]]


def look_for(client: Client, word: str) -> Any:
    return client.post(LIST, {"look_for": word})


def test_the_list_is_of_the_last_30_days_newest_first_and_says_so(analyst: Client) -> None:
    for days in (29, 1, 32):
        stored(target_id=f"t-{days}", occurred_at=ago(days))
    assert listed(analyst) == ["t-1", "t-29"]
    assert "Of the last 30 days." in page_of(analyst, LIST)
    first = f"{ago(40):%Y-%m-%d}"
    assert listed(analyst, dateFrom=first) == ["t-1", "t-29", "t-32"]
    assert listed(analyst, dateFrom=first, dateTo=f"{ago(29):%Y-%m-%d}") == ["t-29", "t-32"]


def test_a_row_tells_time_sentence_target_author_and_domain(analyst: Client) -> None:
    moment = ago(1).replace(microsecond=0)
    id = stored(target_id="t-1", source_domain="CautionaryAlert", occurred_at=moment)
    [row] = analyst.get(LIST).context["rows"]
    assert row == activity_list.Listed(
        id=id,
        time=f"{moment:%Y-%m-%d %H:%M:%S}",
        sentence=row.sentence,
        kind="person update",
        state="",
        target_type="Person",
        target_id="t-1",
        same_target=f"{LIST}?target=t-1",
        author="Dawit Haile",
        same_author=f"?author={Author.objects.get().pk}",
        domain="Cautionary alerts",
    )
    assert row.sentence


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_older_and_newer_neither_skip_nor_repeat_a_row_over_ties(size: int) -> None:
    moments = [ago(2)] * 4 + [ago(1)] * 3
    store([new_activity(id=UUID(int=n), occurred_at=moment) for n, moment in enumerate(moments, 1)])
    rows = timeline.visible(Reader(False, False), now=datetime.now(UTC))
    newest_first = [UUID(int=n) for n in (7, 6, 5, 4, 3, 2, 1)]
    page = keyset.page(rows, older=None, newer=None, size=size)
    assert page.newer is None
    down = [page]
    while down[-1].older:
        down.append(keyset.page(rows, older=down[-1].older, newer=None, size=size))
    assert [found.stored.id for each in down for found in each.rows] == newest_first
    up = [down[-1]]
    while up[-1].newer:
        up.append(keyset.page(rows, older=None, newer=up[-1].newer, size=size))
    assert [found.stored.id for each in up[::-1] for found in each.rows] == newest_first
    assert [len(each.rows) for each in down] == [size] * (7 // size) + [7 % size] * (7 % size > 0)


def test_the_page_leads_to_older_and_newer_rows_with_its_filters(analyst: Client) -> None:
    store([new_activity(target_id=f"t-{n:03}", occurred_at=ago(1) - timedelta(minutes=n)) for n in range(120)])
    stored(target_id="other", target_type="tenure")
    address, seen = f"{LIST}?targetType=person", []
    while address:
        answer = analyst.get(address)
        seen.append([row.target_id for row in answer.context["rows"]])
        older, newer = answer.context["older"], answer.context["newer"]
        address = older and LIST + older
    assert [len(each) for each in seen] == [50, 50, 20]
    assert [target for each in seen for target in each] == [f"t-{n:03}" for n in range(120)]
    back = analyst.get(LIST + newer)
    assert [row.target_id for row in back.context["rows"]] == seen[1]
    assert [row.target_id for row in analyst.get(LIST + back.context["newer"]).context["rows"]] == seen[0]


def test_an_id_leads_to_what_it_names_and_no_author_id_stands_in_an_address(analyst: Client) -> None:
    id = stored(target_id="T-1", correlation_id="request 7", author=AUTHOR._replace(identifier="ana@council.example"))
    row = Author.objects.get().pk
    leads = {
        " T-1 ": f"{LIST}?target=T-1",
        "request 7": f"{LIST}?together={id}",
        "ana@council.example": f"{LIST}?author={row}",
        str(id): address(Activity, "change", id),
        id.hex.upper(): address(Activity, "change", id),
    }
    assert {word: look_for(analyst, word).headers["location"] for word in leads} == leads
    for to in leads.values():
        assert analyst.get(to).status_code == 200
    for word in ("t-1", "T", "Dawit Haile", "\0", "", " ", "x" * 300):
        answer = analyst.post(LIST, {"look_for": word}, follow=True)
        assert answer.redirect_chain == [(LIST, 302)]
        assert said(answer)[0].startswith("Nothing that this account may see is stored under this id.")


def test_an_id_of_several_leads_to_the_first_and_tells_the_others(analyst: Client) -> None:
    id = stored(target_id="x-1", correlation_id="x-1", author=AUTHOR._replace(identifier="x-1"))
    answer = analyst.post(LIST, {"look_for": "x-1"}, follow=True)
    row = Author.objects.get().pk
    links = f'<a href="{LIST}?together={id}">a correlation id</a> and <a href="{LIST}?author={row}">an author</a>'
    assert said(answer) == [f"This id is a target and also {links}."]
    assert answer.redirect_chain == [(f"{LIST}?target=x-1", 302)]


def test_what_was_looked_for_is_shown_from_all_days(analyst: Client) -> None:
    for days in (1, 400):
        id = stored(target_id="t-1", correlation_id="r-1", type="update" if days == 1 else "end", occurred_at=ago(days))
    stored(target_id="t-2")
    for query in ({"target": "t-1"}, {"together": str(id)}):
        assert listed(analyst, **query) == ["t-1", "t-1"]
        assert listed(analyst, **query, type="end") == ["t-1"]
        assert "Of the last 30 days." not in analyst.get(LIST, query).content.decode()


def test_an_author_is_followed_through_other_names_with_the_same_id(analyst: Client) -> None:
    married = AUTHOR._replace(full_name="Dawit Haile-Bell")
    nameless = AUTHOR._replace(identifier=None)
    for target_id, author in (("t-1", AUTHOR), ("t-2", married), ("t-3", nameless)):
        stored(target_id=target_id, author=author)
    row = {author.full_name: author.pk for author in Author.objects.filter(identifier="a-1")}
    assert {*listed(analyst, author=str(row["Dawit Haile"]))} == {"t-1", "t-2"}
    assert listed(analyst, author=str(Author.objects.get(identifier=None).pk)) == ["t-3"]
    assert listed(analyst, author="999999") == []


def test_filters_take_what_the_wording_knows_and_any_other_word(analyst: Client) -> None:
    stored(target_id="t-1", type="archived", target_type="shed", source_domain="Sheds")
    stored(target_id="t-2")
    for query in ({"type": "archived"}, {"targetType": "shed"}, {"domain": "Sheds"}):
        assert listed(analyst, **query) == ["t-1"]
    page = page_of(analyst, LIST)
    assert '<option value="tenurePerson">Household member</option>' in page
    assert '<option value="Repairs">' in page


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("dateFrom=soon", "id_dateFrom", "“From” must be a real date, like 27/3/2026"),
        ("dateFrom=2026-03-02&dateTo=2026-03-01", "id_dateTo", "“To” must be the same day as “From”, or a later one"),
        ("author=x", "id_author", "The author in the address is not right: clear the filters"),
        (
            f"target={quote('a' * 256)}",
            "id_target",
            "A target's id has at most 255 letters and no control characters: copy it again",
        ),
        (
            "older=x",
            "id_dateFrom",
            "The place to go on from is not known: apply the filters again, which starts with the newest",
        ),
        (
            "type=end&dateFrom=2026-01-01&dateTo=2026-03-01",
            "id_dateFrom",
            "Filters look at 31 days at most: choose fewer, or look for an id, whose whole history can be filtered",
        ),
    ],
)
def test_what_cannot_be_asked_is_answered_with_the_cure(analyst: Client, query: str, field: str, sentence: str) -> None:
    answer = analyst.get(f"{LIST}?{query}")
    assert (answer.status_code, answer.context["faults"]) == (400, [(field, sentence)])
    assert answer.context["rows"] == []


def test_a_place_is_good_for_its_own_list_only(analyst: Client) -> None:
    store([new_activity() for _ in range(51)])
    older = analyst.get(LIST).context["older"]
    assert analyst.get(LIST + older).status_code == 200
    assert analyst.get(f"{LIST}{older}&type=update").status_code == 400


def test_a_list_that_takes_too_long_says_what_to_choose(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is the database's own: here it is a millisecond, and each row takes a second."""
    monkeypatch.setattr(statements, "LONGEST_READ_MS", 1)
    narrow = ListForm.narrow
    monkeypatch.setattr(ListForm, "narrow", lambda form, rows: narrow(form, rows).extra(where=["pg_sleep(1) IS NULL"]))
    stored()
    answer = analyst.get(LIST, {"type": "update"})
    assert answer.status_code == 503
    assert answer.context["faults"] == [
        ("id_dateFrom", "This took too long, and was ended: choose fewer days, or search for an id")
    ]


def test_the_number_of_statements_is_fixed_and_none_counts(analyst: Client) -> None:
    id = stored(target_id="t-1", correlation_id="r-1")
    row = Author.objects.get().pk
    pages = dict.fromkeys(("", "?type=update", "?target=t-1"), 8)
    # An author's other rows, and a correlation id, are looked up; one activity is found without a time limit.
    pages |= {f"?together={id}": 9, f"?author={row}": 10, f"{id}/change/": 5}
    for wanted in ("one", "many"):
        ran = {page: queries_of(analyst, LIST + page) for page in pages}
        assert {page: len(each) for page, each in ran.items()} == pages, wanted
        assert not [sql for each in ran.values() for sql in each if "COUNT(" in sql.upper()]
        store([new_activity(target_id="t-1", correlation_id="r-1") for _ in range(60)])


def test_searches_and_lists_are_served_by_indexes(analyst: Client) -> None:
    """A small table the planner would scan: that is switched off, to see what it can use."""
    store(rows := [new_activity(target_id=f"t-{number}", correlation_id=f"r-{number}") for number in range(300)])
    acting_as("owner")(execute)(connection, "ANALYZE activity")
    plans = {
        "": "activity_by_time",
        "?target=t-1": "activity_about_target",
        f"?together={rows[1].id}": "activity_by_correlation",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for page, index in plans.items():
            *_, select = [sql for sql in queries_of(analyst, LIST + page) if 'FROM "activity"' in sql]
            cursor.execute(f"EXPLAIN {select}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert f"using {index} on activity" in plan
