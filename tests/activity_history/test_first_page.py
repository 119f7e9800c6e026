"""The admin's first page: how the service is doing."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from activity_history import arrivals, first_page, statement_statistics
from activity_history.models import Arrivals, RequestCount
from activity_history.statement_statistics import Statistic, Statistics
from tests.acting import acting_as
from tests.activity_history.admin_pages import facts, page_of, queries_of, rows, signed_in_with
from tests.activity_history.explaining_staff import analyst
from tests.connections import execute
from tests.stored import let_expire, stored

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/"
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
NOT_REFUSED = "The database does not itself refuse edits."


class HalfPast(datetime):
    """A clock that stands, so that no hour begins within a test."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "HalfPast":
        return cls.combine(HOUR.date(), HOUR.replace(minute=30).time(), tz)


@pytest.fixture
def half_past(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_page, "datetime", HalfPast)


@pytest.fixture
def viewer() -> Client:
    return signed_in_with("view_activity")


def arrived(hours_ago: int, count: int, domain: str | None = "Repairs", *, newest_at: datetime | None = None) -> None:
    hour = HOUR - timedelta(hours=hours_ago)
    epoch = execute(connection, "SELECT epoch FROM feed_epoch")[0][0]
    Arrivals.objects.create(
        hour=hour,
        source_domain=domain,
        activities=count,
        newest_at=newest_at or hour,
        counted_to=2**62,
        counted_to_id=epoch,
        epoch=epoch,
    )


def test_what_came_in_is_drawn_and_told_as_a_table(viewer: Client, half_past: None) -> None:
    arrived(0, 1_200)
    arrived(0, 300, None)
    arrived(2, 700, "Finance")
    arrived(24, 9_999, "Finance")
    page = page_of(viewer, ADDRESS)
    table = rows(page, "arrivals-table")
    assert len(table) == 24
    assert [row[1:] for row in table[-3:]] == [
        ["0", "700", "0", "700"],
        ["0", "0", "0", "0"],
        ["1,200", "0", "300", "1,500"],
    ]
    headings = re.findall('<th scope="col">(.*?)</th>', page.split("arrivals-table", 2)[2].split("</thead>")[0])
    assert headings == ["Hour from", "Repairs", "Finance", "no domain", "All"]
    titles = re.findall(r"<title>.*? UTC, (.*?)</title>", page)
    assert titles == ["Finance: 700", "Repairs: 1,200", "no domain: 300"]
    assert "at most 1,500 an hour" in page


def test_a_domain_that_has_been_silent_for_a_day_stands_out_and_first(viewer: Client) -> None:
    now = datetime.now(UTC)
    arrived(26, 1, newest_at=now - timedelta(hours=26, minutes=5))
    arrived(90, 1, "Tenure", newest_at=now - timedelta(hours=90))
    arrived(1, 1, None, newest_at=now - timedelta(minutes=40, seconds=5))
    arrived(23, 1, "Finance", newest_at=now - timedelta(hours=23, minutes=59))
    listed = page_of(viewer, ADDRESS).partition('id="domains"')[2].partition("</ul>")[0]
    said = [
        re.sub(r"<[^>]+>|\(.*|, since [-\d: ]+UTC", "", each).strip() for each in re.findall("<li>(.*?)</li>", listed)
    ]
    assert said == [
        "Tenure has sent nothing for 3 days",
        "Repairs has sent nothing for 26 h",
        "Finance sent something 23 hours, 59 minutes ago",
        "What names no domain sent something 40 minutes ago",
    ]
    assert listed.count('class="late"') == 2


def test_an_empty_store_is_told_so(viewer: Client) -> None:
    page = page_of(viewer, ADDRESS)
    assert "Nothing has come in yet." in page
    assert '<svg class="bars hours"' not in page


def test_what_is_not_all_counted_says_how_far_it_is(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived(1, 5)
    monkeypatch.setattr(arrivals, "count", lambda now: False)
    assert f"Counted until {HOUR - timedelta(hours=1):%Y-%m-%d %H:%M} UTC so far" in page_of(viewer, ADDRESS)


def test_expired_activities_that_are_still_stored_are_told(viewer: Client) -> None:
    label = "Oldest expired activity still stored"
    assert dict(facts(page_of(viewer, ADDRESS)))[label] == "none"
    id = stored()
    let_expire(id)
    assert dict(facts(page_of(viewer, ADDRESS)))[label].startswith("expired less than a minute ago (")
    acting_as("owner")(execute)(
        connection,
        "UPDATE activity SET occurred_at = %s, expires_at = %s",
        [HOUR - timedelta(days=9), HOUR - timedelta(hours=3)],
    )
    assert dict(facts(page_of(viewer, ADDRESS)))[label].endswith(" UTC) The purge is behind")


def test_requests_that_failed_and_writes_that_were_refused_are_told(viewer: Client) -> None:
    labels = ("Failed requests (5xx), 24 hours", "Refused writes, 24 hours")
    told = dict(facts(page_of(viewer, ADDRESS)))
    assert [told[label] for label in labels] == ["0 of 0 (0.00 %)", "none"]
    for requests, status, problem in ((1_989, 201, ""), (3, 503, "unavailable"), (7, 409, "conflict"), (1, 403, "no")):
        RequestCount.objects.create(
            hour=HOUR,
            method="POST",
            route="/api/v1/activities",
            status=status,
            problem=problem,
            client=None,
            requests=requests,
            ms=1.0,
        )
    told = dict(facts(page_of(viewer, ADDRESS)))
    assert [told[label] for label in labels] == ["3 of 2000 (0.15 %)", "conflict: 7no: 1"]


def test_the_slowest_statements_lead_to_their_pages_for_those_who_may_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [Statistic("arrivals", 4, 30.5, 12), Statistic("staff_page", 9_999, 1.25, 10)]
    monkeypatch.setattr(statement_statistics, "by_name", lambda now: Statistics("a test", slow))
    viewer, explaining = signed_in_with("view_activity"), analyst("view_activity")
    pages = [page_of(client, ADDRESS) for client in (viewer, explaining)]
    for page in pages:
        assert rows(page, 'id="slowest"') == [["arrivals", "30.50", "4", "12"], ["staff_page", "1.25", "9,999", "10"]]
    assert [re.findall('href="(/admin/queries/[^"]*)"', page) for page in pages] == [
        [],
        ["/admin/queries/arrivals/", "/admin/queries/"],
    ]


def test_a_database_that_does_not_refuse_edits_is_warned_of(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_page, "database_refuses_edits", lambda: False)
    assert NOT_REFUSED in page_of(viewer, ADDRESS)
    monkeypatch.setattr(first_page, "database_refuses_edits", lambda: True)
    assert NOT_REFUSED not in page_of(viewer, ADDRESS)


@pytest.mark.parametrize(("codenames", "shown"), [([], False), (["view_apiclient"], False), (["view_activity"], True)])
def test_it_is_for_those_who_may_view_activities(codenames: list[str], shown: bool) -> None:
    assert ('class="first-page"' in page_of(signed_in_with(*codenames), ADDRESS)) == shown


def test_others_sign_in() -> None:
    assert Client().get(ADDRESS).status_code == 302
    client = Client()
    client.force_login(User.objects.create_user("no staff"))
    assert client.get(ADDRESS).status_code == 302


def test_the_page_asks_the_database_as_often_for_many_as_for_one(viewer: Client) -> None:
    arrived(0, 1)
    one = queries_of(viewer, ADDRESS)
    for hour in range(1, 20):
        for domain in ("Repairs", "Finance", "Tenure", None):
            arrived(hour, 5, domain)
    many = queries_of(viewer, ADDRESS)
    assert (len(one), len(many)) == (19, 19)
    assert [sql for sql in many if "COUNT(" in sql.upper()] == []


def test_the_page_needs_no_script_or_style_of_its_own(viewer: Client) -> None:
    arrived(0, 1)
    part: Any = (
        page_of(viewer, ADDRESS).split('<div class="first-page">', 1)[1].split('<div id="content-related"', 1)[0]
    )
    assert [word for word in ("style=", "<style", "<script", "onclick") if word in part] == []
