"""What a reader is shown of a record's history."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities import holds
from activities.new_activities import AuthorSnapshot
from activity_history import timeline
from activity_history.rows import Reader
from tests.activity_history.staff import see, staff
from tests.stored import let_expire, new_activity, store, stored

T = "t-1"
PAGE = f"/history/{T}"
SURNAME = "Last name changed from Okafor to Okafor-Bell"


@pytest.fixture
def officer(db: None) -> Client:
    return staff("view_activity")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def happened(text: str, **columns: object) -> UUID:
    """The id of one of a kind that the wording knows, at this moment of UTC."""
    return stored(target_id=T, occurred_at=at(text), **columns)


def test_several_kinds_about_one_record_stand_together_by_day_newest_first(officer: Client) -> None:
    finance = {"target_type": "transaction", "type": "create", "source_domain": "Finance", "old_data": None}
    happened(
        "2026-06-04T08:32:10.123456",
        new_data=b'{"transactionType": "BasicRentNoVAT", "chargedAmount": 96.20}',
        **finance,
    )
    happened("2026-06-04T11:00:00", target_type="tenureActivity", type="reviewed", source_domain=None)
    happened("2026-06-03T23:30:00")
    page = see(officer, PAGE)
    assert page.status == 200
    # Half past eleven in UTC is the next day in London's summer.
    assert page.days == ["4 June 2026"]
    assert page.sentences == ["Reviewed happened to tenure activity", "Rent charge of £96.20", SURNAME]
    assert page.times == [
        ("2026-06-04T11:00:00Z", "12pm"),
        ("2026-06-04T08:32:10.123456Z", "9:32am"),
        ("2026-06-03T23:30:00Z", "12:30am"),
    ]
    assert "9:32am by Dawit Haile, Rents and charges" in page.text
    assert "No older entries." in page.text


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-06-04T00:00:00", "4 June 2026"),
        ("2026-06-03T23:00:00", "4 June 2026"),
        ("2026-01-09T00:00:00", "9 January 2026"),
    ],
)
def test_a_midnight_of_utc_or_london_is_a_day_without_a_time(officer: Client, moment: str, day: str) -> None:
    happened(moment)
    page = see(officer, PAGE)
    assert (page.days, page.times) == ([day], [(f"{moment}Z", day)])
    assert "am " not in page.text


def test_what_changed_is_a_table(officer: Client) -> None:
    happened(
        "2026-06-04T09:00:00", old_data=b'{"surname": "<b>", "n": 1.10}', new_data=b'{"surname": "Bell", "n": 1.10}'
    )
    page = see(officer, PAGE)
    assert "Field Before After Last name Before: <b> After: Bell" in page.text
    assert "<b>" not in page.html


def test_what_is_new_is_told_as_details_without_a_column_for_before(officer: Client) -> None:
    id = happened("2026-06-04T09:00:00", old_data=None, new_data=b'{"surname": "Bell", "n": 1}')
    page = see(officer, PAGE)
    assert "Details :" in page.text
    assert "Field Value Last name Bell N 1" in page.text
    for each in (page, see(officer, f"{PAGE}/{id}")):
        assert ("Before" in each.text, "After" in each.text, "What changed" in each.text) == (False, False, False)


def test_a_long_change_is_cut_in_the_list_and_whole_on_its_own_page(officer: Client) -> None:
    long = "a" * 400
    id = happened(
        "2026-06-04T09:00:00",
        old_data=None,
        new_data=json.dumps({"surname": long, **{f"n{n}": n for n in range(30)}}).encode(),
    )
    page = see(officer, PAGE)
    assert long not in page.html
    assert "See all of it, with 11 more fields" in page.text
    one = see(officer, page.link("See all of it"))
    assert one.html.count("<td ") == 31
    assert page.link("Open this entry") == f"{PAGE}/{id}"


def test_an_unknown_word_and_a_row_without_data_are_shown(officer: Client) -> None:
    happened("2026-06-04T09:00:00", target_type="spaceShip", type="launched", old_data=None, new_data=None)
    page = see(officer, PAGE)
    assert page.sentences == ["Launched happened to space ship"]
    assert "What changed" not in page.text


@pytest.mark.parametrize("may", [True, False])
def test_sensitive_data_is_only_for_those_who_may_see_it(db: None, may: bool) -> None:
    new = b'{"ethnicity": "Prefer not to say"}'
    id = happened("2026-06-04T09:00:00", target_type="personEqualityInformation", old_data=None, new_data=new)
    officer = staff("view_activity", *["view_sensitive"] * may)
    for page in (see(officer, PAGE), see(officer, f"{PAGE}/{id}")):
        assert ("Prefer not to say" in page.text) == may
        assert ("What changed is sensitive and not shown to your account." in page.text) != may
        assert "Equality information" in page.text


def test_nothing_recorded_and_all_expired_are_the_same_page(officer: Client) -> None:
    let_expire(stored(target_id="t-2"))
    none, expired = see(officer, "/history/t-3"), see(officer, "/history/t-2")
    assert "Nothing is recorded about this record" in none.text
    assert (none.status, none.text.replace("t-3", "t-2")) == (200, expired.text)


def test_an_expired_row_is_seen_only_under_a_hold_and_only_by_those_who_may(db: None) -> None:
    gone = stored(target_id=T, source_domain="Tenure")
    kept = stored(target_id=T, source_domain="Finance")
    let_expire(gone, kept)
    now = datetime.now(UTC)
    hold = holds.place(target_id=T, source_domain="Finance", reason="Audit", by="officer", now=now)
    officer, auditor = staff("view_activity"), staff("view_activity", "view_held", name="auditor")
    assert see(officer, PAGE).sentences == []
    assert see(officer, f"{PAGE}/{kept}").status == 404
    page = see(auditor, PAGE)
    assert (len(page.sentences), page.text.count("Expired, kept under hold")) == (1, 1)
    assert f"{kept}" in page.link("Open this entry")
    assert "and since then by a legal hold" in see(auditor, f"{PAGE}/{kept}").text
    assert see(auditor, f"{PAGE}/{gone}").status == 404
    holds.release(hold, by="officer", now=now)
    assert see(auditor, PAGE).sentences == []


@pytest.mark.parametrize(("later", "seen"), [(timedelta(0), 0), (timedelta(microseconds=-1), 1)])
def test_a_row_ends_at_its_very_microsecond(db: None, later: timedelta, seen: int) -> None:
    ends = datetime.now(UTC) + timedelta(days=1)
    stored(target_id=T, expires_at=ends)
    read = timeline.read(T, timeline.Filters(), reader=Reader(True, False), after=None, now=ends + later)
    assert len(list(read.rows)) == seen
    assert read.has_any == bool(seen)


def test_entry_tells_what_is_known_of_it(officer: Client) -> None:
    id = happened("2026-06-04T08:32:00", expires_at=at("2033-06-04T08:32:00"), correlation_id="c-1")
    page = see(officer, f"{PAGE}/{id}")
    for part in (
        "When 4 June 2026 at 9:32am",
        "Who Dawit Haile dawit@council.example Id a-1",
        "Domain Person",
        "Kind Person: updated (person, update)",
        f"Record {T}",
        f"Entry {id}",
        "Correlation id c-1",
        "Stored here",
        "Kept until 4 June 2033 at 9:32am",
        "Last name Before: Okafor After: Okafor-Bell",
    ):
        assert part in page.text
    assert page.link("All that happened to this record") == PAGE


def test_entry_that_is_not_there_or_of_another_record(officer: Client) -> None:
    id = stored(target_id="t-2")
    for address in (f"{PAGE}/{id}", "/history/t-2/00000000-0000-4000-8000-000000000000"):
        page = see(officer, address)
        assert (page.status, "This entry is not here" in page.text) == (404, True)


@pytest.mark.parametrize(
    "target",
    ["TWVoZGlLaW1ha2hlCg==", "a/b", "/a//b/", "a+b", "ä ß", "a%2Fb", "a?b#c", "a&b=c", "x" * 255, "a;b", '"<i>']
    + ["a/00000000-0000-4000-8000-000000000000"],
)
def test_any_id_is_found_by_the_search_and_by_its_address(officer: Client, target: str) -> None:
    id = stored(target_id=target)
    answer = officer.get("/history/", {"target": f" {target} "})
    assert answer.status_code == 302
    page = see(officer, answer.headers["location"])
    assert (page.status, len(page.sentences)) == (200, 1)
    one = see(officer, page.link("Open this entry"))
    assert f"Entry {id}" in one.text
    assert see(officer, one.link("All that happened")).sentences == page.sentences


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("", "Enter the id of a record"),
        ("  ", "Enter the id of a record"),
        ("x" * 256, "An id has at most 255 characters: check that nothing else was copied"),
        ("a\tb", "An id has no control characters: copy it again"),
        ("a/../b", "An id with “.” or “..” between slashes has no page: read it by the API"),
    ],
)
def test_search_that_cannot_be_done_tells_the_cure_and_keeps_what_was_typed(
    officer: Client, target: str, sentence: str
) -> None:
    page = see(officer, "/history/", target=target)
    assert page.status == 400
    assert page.text.count(sentence) == 2
    assert '<a href="#id_target">' in page.html
    assert "<title>Error: " in page.html
    assert f'value="{target.strip()}"' in page.html


@pytest.mark.parametrize("address", ["/history/a%00b", f"/history/{'x' * 256}", "/history/a%0Ab"])
def test_address_that_names_no_record(officer: Client, address: str) -> None:
    assert see(officer, address).status == 404


def test_authors_of_one_name_are_told_apart(officer: Client) -> None:
    for n in (1, 2):
        happened(f"2026-06-0{n}T09:00:00", author=AuthorSnapshot(f"a-{n}", "Ann Lee", None))
    assert len(see(officer, see(officer, PAGE).link("Only by this author")).sentences) == 1


def test_first_page_takes_one_statement_beside_who_reads(officer: Client) -> None:
    store([new_activity(target_id=T) for _ in range(120)])
    with CaptureQueriesContext(connection) as queries:
        page = see(officer, PAGE)
    assert len(page.sentences) == 50
    asked = [query["sql"] for query in queries.captured_queries if '"activity"' in query["sql"]]
    about_reader = [query["sql"] for query in queries.captured_queries if '"activity"' not in query["sql"]]
    assert len(asked) == 1
    assert len(about_reader) == 4
    assert all(any(table in sql for table in ("django_session", "auth_")) for sql in about_reader)
    assert User.objects.count() == 1
