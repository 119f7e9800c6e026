"""Authors in the admin: looked for without a name in any address."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from activities.models import Activity, Author, LegalHold
from activity_history import timeline
from activity_history.admin.looking_up import authors_of
from activity_history.rows import Reader
from tests.acting import acting_as
from tests.activity_history.admin_pages import address, page_of, rows, said, signed_in_with
from tests.connections import execute
from tests.stored import AUTHOR, let_expire, new_activity, store, stored

pytestmark = pytest.mark.django_db

AUTHORS = "/admin/activities/author/"
ANA = AUTHOR._replace(identifier="ana-4711", full_name="Ana Bell", email="ana.bell@council.example")
BEN = AUTHOR._replace(identifier="ben-1", full_name="Ben Okoro", email=None)


@pytest.fixture
def asker() -> Client:
    return signed_in_with("view_author", "ask_for_erasure")


def test_an_author_is_looked_for_without_a_name_in_any_address(asker: Client) -> None:
    store([new_activity(author=ANA), new_activity()])
    ana = Author.objects.get(full_name="Ana Bell").pk
    for word in ("Ana Bell", " ana-4711 ", "ana.bell@council.example"):
        answer = asker.post(AUTHORS, {"look_for": word})
        page = answer.content.decode()
        assert (answer.status_code, [row[0] for row in rows(page)]) == (200, ["Ana Bell"])
        assert f'href="/admin/activities/author/{ana}/change/"' in page
    assert rows(asker.post(AUTHORS, {"look_for": "Ana"}).content.decode()) == []


def test_who_did_nothing_that_may_be_seen_is_not_found() -> None:
    held, gone = stored(author=ANA, target_id="t-1"), stored(author=BEN)
    stored()
    let_expire(held, gone)
    with acting_as("owner"):
        LegalHold.objects.create(target_id="t-1", reason="Case", placed_by="officer", placed_at=datetime.now(UTC))
    pages = {
        "analyst": signed_in_with("view_author", "view_activity"),
        "who sees what is held": signed_in_with("view_author", "view_activity", "view_held"),
        "who erases": signed_in_with("view_author", "ask_for_erasure"),
    }
    found = {who: [row[0] for row in rows(page_of(client, AUTHORS))] for who, client in pages.items()}
    assert found == {
        "analyst": ["Dawit Haile"],
        "who sees what is held": ["Dawit Haile", "Ana Bell"],
        "who erases": ["Dawit Haile", "Ben Okoro", "Ana Bell"],
    }
    ana = Author.objects.get(full_name="Ana Bell").pk
    analyst = pages["analyst"]
    assert rows(analyst.post(AUTHORS, {"look_for": "Ana Bell"}).content.decode()) == []
    assert analyst.get(f"{AUTHORS}{ana}/change/").status_code == 302
    looked_up = analyst.post(address(Activity, "changelist"), {"look_for": "ana-4711"})
    assert looked_up.headers["location"] == address(Activity, "changelist")


def test_authors_of_what_may_be_seen_are_asked_for_by_the_index_of_each() -> None:
    store([new_activity() for _ in range(5)])
    visible = timeline.visible(Reader(may_see_sensitive=False, may_see_held=False), now=datetime.now(UTC))
    text, values = authors_of(visible).query.sql_with_params()
    execute(connection, "SET LOCAL enable_seqscan = off")
    plan = "\n".join(line for (line,) in execute(connection, f"EXPLAIN {text}", values))
    assert "SubPlan" in plan
    assert "activity_by_author" in plan


@pytest.mark.parametrize("selected", ["abc", "", "9" * 30, "-1"])
def test_boxes_that_are_none_are_refused(asker: Client, selected: str) -> None:
    answer = asker.post(AUTHORS, {"action": "ask_for_erasure", "_selected_action": selected}, follow=True)
    assert said(answer) == ["Select authors by their boxes in the list."]


def test_a_nul_in_what_is_looked_for_is_passed_over(asker: Client) -> None:
    store([new_activity(author=ANA)])
    answer = asker.post(AUTHORS, {"look_for": "Ana\0 Bell"})
    assert (answer.status_code, [row[0] for row in rows(answer.content.decode())]) == (200, ["Ana Bell"])
