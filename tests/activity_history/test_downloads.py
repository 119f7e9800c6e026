"""The file of what the staff page and the admin show: no more than they show, in parts where it is long."""

import csv
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client

from activities import export, holds
from activities.models import Activity
from activities.wording import WORDING, KindName
from tests.activity_history.admin_pages import address, signed_in_with
from tests.activity_history.staff import BROWSER, see, staff
from tests.stored import let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db
FILE, PARTS = "/history.csv", "/download"


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="activities-')
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def ids_of(answer: Any) -> list[UUID]:
    return [UUID(row["id"]) for row in rows_of(answer)]


def in_order() -> list[UUID]:
    return list(Activity.objects.newest_first().values_list("id", flat=True))


def test_the_page_leads_to_the_file_of_what_it_shows_with_its_filters() -> None:
    wanted = stored(target_id="t/1 &", type="end")
    stored(target_id="t/1 &")
    stored(target_id="t-2", type="end")
    officer = staff("view_activity")
    page = see(officer, "/history/t/1%20&?type=end")
    link = page.link("Download as CSV")
    assert link == "/history.csv?type=end&target=t%2F1+%26"
    answer = officer.get(link)
    assert ids_of(answer) == [wanted]
    assert answer.content.startswith(b"\xef\xbb\xbfid,datetime (UTC),")
    assert answer.headers["cache-control"] == "private, no-store"
    assert len(page.sentences) == 1


def test_the_link_leads_to_all_of_it_also_from_a_later_page() -> None:
    store(new_activity(target_id="t-1") for _ in range(60))
    officer = staff("view_activity")
    later = see(officer, see(officer, "/history/t-1").link("Show more"))
    assert ids_of(officer.get(later.link("Download as CSV"))) == in_order()


def test_what_does_not_fit_into_one_file_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    store(new_activity(target_id="t-1") for _ in range(5))
    officer = staff("view_activity")
    led = officer.get(FILE, {"target": "t-1", "type": "update"})
    assert (led.status_code, led.headers["location"]) == (302, f"{PARTS}?target=t-1&type=update")
    page = see(officer, led.headers["location"])
    found = ids_of(officer.get(page.link("Download this part as CSV")))
    assert "2 entries, from" in page.text
    page = see(officer, page.link("Next part"))
    found += ids_of(officer.get(page.link("Download this part as CSV")))
    page = see(officer, page.link("Next part"))
    found += ids_of(officer.get(page.link("Download the last part as CSV")))
    assert found == in_order()
    assert "Next part" not in page.html


def test_a_part_that_has_grown_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that came into it since the page was made would else be lost behind its end."""
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    store(new_activity(target_id="t-1") for _ in range(3))
    officer = staff("view_activity")
    link = see(officer, PARTS, target="t-1").link("Download this part as CSV")
    stored(target_id="t-1")
    led = officer.get(link)
    assert (led.status_code, led.headers["location"]) == (302, f"{PARTS}?target=t-1")


def test_what_the_page_withholds_the_file_withholds() -> None:
    stored(target_id="t-1", target_type="personEqualityInformation", new_data=b'{"ethnicity": "Secretword"}')
    [row] = rows_of(staff("view_activity").get(FILE, {"target": "t-1"}))
    assert (row["oldData"], row["newData"]) == ("sensitive, and not shown to this account",) * 2
    trusted = staff("view_activity", "view_sensitive", name="trusted")
    [row] = rows_of(trusted.get(FILE, {"target": "t-1"}))
    assert row["newData"] == '{"ethnicity": "Secretword"}'


def test_expired_rows_under_a_hold_are_for_those_who_may_see_them() -> None:
    gone, kept = stored(target_id="t-1"), stored(target_id="t-2", source_domain="Tenure")
    let_expire(gone, kept)
    now = Activity.objects.get(id=kept).recorded_at
    holds.place(target_id="t-2", source_domain="Tenure", reason="Audit", by="officer", now=now)
    auditor = staff("view_activity", "view_held")
    assert [ids_of(auditor.get(FILE, {"target": target})) for target in ("t-1", "t-2")] == [[], [kept]]
    assert ids_of(staff("view_activity", name="plain").get(FILE, {"target": "t-2"})) == []


def test_kinds_that_staff_do_not_see_are_not_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stored(target_id="t-1", type="end")
    kept = stored(target_id="t-1")
    monkeypatch.setattr(WORDING, "kinds_hidden_from", lambda audience: (KindName("person", "end"),))
    assert ids_of(staff("view_activity").get(FILE, {"target": "t-1"})) == [kept]


def test_the_list_of_the_admin_leads_to_the_file_of_all_or_of_the_target_looked_for() -> None:
    one, other = stored(target_id="t-1"), stored(target_id="t-2")
    officer = signed_in_with("view_activity")

    def led(query: str) -> Any:
        page = officer.get(address(Activity, "changelist") + query).content.decode()
        return officer.get(
            page.partition('href="/history.csv')[2].partition('"')[0].replace("&amp;", "&").join(["/history.csv", ""])
        )

    assert set(ids_of(led(""))) == {one, other}
    assert ids_of(led("?target=t-1")) == [one]
    assert "/history.csv" not in officer.get(address(Activity, "changelist") + f"?together={one}").content.decode()


def test_who_may_not() -> None:
    stored(target_id="t-1")
    for path in (FILE, PARTS):
        assert Client().get(path, {"target": "t-1"}).status_code == 302
        assert staff("view_author", name=f"{path} 1").get(path, {"target": "t-1"}).status_code == 403
        # The history of all is the admin's.
        assert staff("view_activity", name=f"{path} 2").get(path).status_code == 403
        assert staff("view_activity", name=f"{path} 3").post(path, {"target": "t-1"}).status_code == 405


@pytest.mark.parametrize("query", ["type=a+b", "author=x", "dateFrom=soon", "after=x", "until=x", "target=%00"])
def test_an_address_that_is_not_right_is_refused_in_words(query: str) -> None:
    officer = staff("view_activity")
    for path in (FILE, PARTS):
        page = see(officer, f"{path}?target=t-1&{query}")
        assert (page.status, "The request cannot be read" in page.text) == (400, True)


def test_a_place_of_another_download_or_of_the_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_ROWS", 1)
    store(new_activity(target_id="t-1") for _ in range(60))
    officer = staff("view_activity")
    for link in (see(officer, PARTS, target="t-1").link("Next part"), see(officer, "/history/t-1").link("Show more")):
        [place] = parse_qs(urlsplit(link).query)["after"]
        wrong = [{"target": "t-2"}, {"target": "t-1", "type": "update"}]
        wrong += [{"target": "t-1"}] if link.startswith("/history") else []
        assert [officer.get(PARTS, {**each, "after": place}).status_code for each in wrong] == [400] * len(wrong)


def test_a_download_without_entries_says_so() -> None:
    officer = staff("view_activity")
    assert "There are no entries to download." in see(officer, PARTS, target="t-9").text
    assert ids_of(officer.get(FILE, {"target": "t-9"}, headers={"Accept": BROWSER})) == []
