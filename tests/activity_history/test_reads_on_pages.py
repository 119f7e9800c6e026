"""Staff who look at a history leave a record of it, and a resident reads when that was, by role."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from activities.models import Activity, ReadRecord
from activities.reads import LastLook
from activity_history import last_look
from activity_history.admin import read_only
from tests.acting import acting_as
from tests.activities.keeping_rows import write_read
from tests.activity_history.admin_pages import address, page_of, queries_of, rows, signed_in_with
from tests.activity_history.resident_links import TENURE, made_link, path_of, seen, transaction, visit
from tests.activity_history.staff import see, staff
from tests.connections import execute
from tests.stored import stored

pytestmark = pytest.mark.django_db

LIST = address(ReadRecord, "changelist")


def recorded() -> list[tuple[str, str, str | None, str, str]]:
    columns = ("target_id", "channel", "client__name", "reader", "role")
    return list(ReadRecord.objects.order_by("target_id", "id").values_list(*columns))


def officer(*groups: str, permission: str = "view_activity") -> Client:
    client = staff(permission)
    for name in groups:
        User.objects.get(username="officer").groups.add(Group.objects.get_or_create(name=name)[0])
    return client


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ((), "member of staff"),
        (("Housing officer",), "Housing officer"),
        (("Repairs", "Auditor"), "Auditor"),
    ],
)
def test_the_staff_page_names_the_account_and_its_first_group(groups: tuple[str, ...], role: str) -> None:
    id, browser = stored(target_id="t-1"), officer(*groups)
    for path in ("/history/t-1", "/history/t-1?type=update", f"/history/t-1/{id}"):
        with acting_as("owner"):
            ReadRecord.objects.all().delete()
        assert see(browser, path).status == 200
        assert recorded() == [("t-1", "page", None, "officer", role)], path


@pytest.mark.parametrize(
    "path", ["/history/nobody", "/history/", "/history/t-1?after=x", f"/history/t-1/{'0' * 8}-{'0000-' * 3}{'0' * 12}"]
)
def test_where_nothing_is_shown_nothing_is_recorded(path: str) -> None:
    stored(target_id="t-1")
    see(officer(), path)
    assert recorded() == []


def test_who_may_not_see_a_history_leaves_no_record() -> None:
    stored(target_id="t-1")
    assert officer(permission="view_author").get("/history/t-1").status_code == 403
    assert recorded() == []


def test_a_look_at_what_is_sensitive_is_recorded_whoever_looks() -> None:
    id = stored(target_id="t-1", target_type="personEqualityInformation")
    for permissions in (["view_activity"], ["view_activity", "view_sensitive"]):
        assert signed_in_with(*permissions).get(address(Activity, "change", id)).status_code == 200
    page = ("t-1", "page", None)
    expected = [(*page, each, "member of staff") for each in ("view_activity", "view_activity view_sensitive")]
    assert recorded() == expected


@pytest.mark.parametrize("path", ["/history/t-1", "/history/t-1?type=update"])
def test_a_staff_page_takes_one_statement_more(path: str) -> None:
    stored(target_id="t-1")
    browser = officer()
    timing = browser.get(path).headers["server-timing"]
    assert [part.split('"')[1] for part in timing.split(", ")] == ["staff_page", "record_reads"]


def test_a_record_in_the_admin_takes_one_statement_more() -> None:
    id, browser = stored(target_id="t-1"), signed_in_with("view_activity")
    timing = browser.get(address(Activity, "change", id)).headers["server-timing"]
    assert [part.split('"')[1] for part in timing.split(", ")] == ["admin_activity", "record_reads"]


def test_lists_in_the_admin_and_files_name_each_target_that_they_show() -> None:
    for target_id in ("t-1", "t-2", "t-2"):
        stored(target_id=target_id)
    browser = signed_in_with("view_activity")
    both = [(target_id, "page", None, "view_activity", "member of staff") for target_id in ("t-1", "t-2")]
    for path, expected in [
        (address(Activity, "changelist"), both),
        (f"{address(Activity, 'changelist')}?target=t-2", both[1:]),
        (reverse("download"), both),
        (f"{reverse('download')}?target=t-1", both[:1]),
        (f"{reverse('download')}?target=nobody", []),
    ]:
        with acting_as("owner"):
            ReadRecord.objects.all().delete()
        assert browser.get(path).status_code == 200
        assert recorded() == expected, path


def test_a_resident_reads_when_staff_last_looked_and_in_which_role() -> None:
    transaction("DirectDebit", paidAmount=1)
    earlier, later = datetime(2026, 6, 2, 9, tzinfo=UTC), datetime(2026, 6, 2, 23, 30, tzinfo=UTC)
    write_read(target_id=TENURE, read_at=later, reader="Ruta Haile", role="Housing officer")
    write_read(target_id=TENURE, read_at=earlier, role="Auditor")
    write_read(target_id=TENURE, channel="api", client_id=1, role="staff", read_at=datetime(2026, 6, 5, tzinfo=UTC))
    write_read(target_id="t-1", role="Auditor", read_at=datetime(2026, 6, 6, tzinfo=UTC))
    link = made_link()
    page = seen(link).text
    assert "A housing officer last looked at this history on 3 June 2026." in page
    assert "Ruta" not in page
    assert recorded()[-1] == (TENURE, "link", "portal", str(link.id), "resident")
    assert "An auditor last looked at this history on 6 June 2026." in seen(made_link(TENURE, "t-1")).text


def test_a_resident_whose_history_nobody_looked_at_is_told_nothing_of_it() -> None:
    transaction("DirectDebit", paidAmount=1)
    link = made_link()
    assert ["last looked" in seen(link).text for _ in range(2)] == [False, False]


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("Housing officer", "A housing officer"),
        ("member of staff", "A member of staff"),
        ("Income officer", "An income officer"),
        ("IT support", "An IT support"),
    ],
)
def test_a_role_is_said_within_a_sentence(role: str, said: str) -> None:
    look = LastLook(role, datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert last_look.in_words(look) == f"{said} last looked at this history on 1 December 2026."


def test_what_cannot_be_recorded_is_shown_to_nobody(transactional_db: None, open_connection: Any) -> None:
    id = transaction("DirectDebit", paidAmount=1)
    browser, link = officer(), path_of(made_link())
    browser.raise_request_exception = False
    execute(connection, "SET lock_timeout = '50ms'")
    try:
        with acting_as("owner"):
            execute(open_connection(), "LOCK TABLE read_record IN ACCESS EXCLUSIVE MODE")
        staffs = [browser.get(path) for path in (f"/history/{TENURE}", f"/history/{TENURE}/{id}")]
        residents = visit(link)
    finally:
        connection.close()
    answers = [(answer.status_code, answer.headers["retry-after"]) for answer in staffs]
    assert [*answers, (residents.status_code, residents.headers["retry-after"])] == [(503, "5")] * 3
    assert "Direct Debit" not in residents.text + "".join(answer.content.decode() for answer in staffs)


def test_records_officers_see_who_read_a_targets_history() -> None:
    reader = signed_in_with("view_readrecord")
    read_at = datetime(2026, 6, 2, 9, 30, 15, tzinfo=UTC)
    link = made_link()
    write_read(read_at=read_at, role="Housing officer")
    write_read(read_at=read_at, channel="link", reader=str(link.id), role="resident", client_id=link.client_id)
    write_read(target_id="t-2", reader="other")
    officers = ["2026-06-02 09:30:15 UTC", "t-1", "staff page", "officer", "Housing officer", "-"]
    residents = [officers[0], "t-1", "viewer link", str(link.id), "resident", "portal"]
    assert rows(page_of(reader, LIST, q="t-1")) == [residents, officers]
    assert [row[3] for row in rows(page_of(reader, LIST))] == ["other", str(link.id), "officer"]
    assert signed_in_with("view_activity").get(LIST).status_code == 403
    change = address(ReadRecord, "change", ReadRecord.objects.earliest("id").pk)
    assert reader.get(change).status_code == 403


def test_the_list_of_reads_takes_as_many_queries_for_many_and_counts_nothing() -> None:
    reader = signed_in_with("view_readrecord")
    write_read()
    one = queries_of(reader, LIST)
    for number in range(60):
        write_read(reader=f"officer-{number}")
    many = queries_of(reader, LIST)
    assert len(one) == len(many)
    assert not [query for query in many if "COUNT(" in query]


def test_an_activity_leads_to_who_read_its_history_for_who_may_see_that() -> None:
    id = stored(target_id="t 1")
    leads = [
        f'{LIST}?q=t+1"' in page_of(signed_in_with(*permissions), address(Activity, "change", id))
        for permissions in (["view_activity"], ["view_activity", "view_readrecord"])
    ]
    assert leads == [False, True]


def test_a_list_that_is_longer_than_it_looks_says_which_part_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "FURTHEST_ROW", 2)
    analyst = signed_in_with("view_readrecord")
    write_read()
    assert re.search(r'paginator">\s*1 recorded read\s*<', page_of(analyst, LIST))
    write_read(), write_read()
    assert re.search(r'paginator">\s*the newest 2 recorded reads\s*<', page_of(analyst, LIST))
