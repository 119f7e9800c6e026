"""Erasure in the admin: asked for a target or for authors, and what became of it. No name is kept on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from activities import erasure, holds
from activities.models import Activity, Author, Erasure
from activities.new_activities import AuthorSnapshot
from tests.activities.keeping_rows import carry_out, write_erasure
from tests.activity_history.admin_pages import (
    address,
    errors,
    facts,
    page_of,
    queries_of,
    rows,
    said,
    shown,
    signed_in_with,
)
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/erasure/"
ADD = f"{LIST}add/"
AUTHORS = "/admin/activities/author/"
ASKED = "Asked for: the purge process carries it out within a minute, and the erasure requests say what became of it."
ANA = AuthorSnapshot("ana-4711", "Ana Bell", "ana.bell@council.example")
BOB = AuthorSnapshot("bob-4712", "Bob Okafor", None)
AT = datetime(2026, 2, 19, 15, 12, 0, 123456, tzinfo=UTC)


@pytest.fixture
def asker() -> Client:
    return signed_in_with("view_erasure", "view_author", "ask_for_erasure")


def row_of(author: AuthorSnapshot) -> int:
    """Of an author of one activity."""
    store([new_activity(author=author)])
    return Author.objects.get(full_name=author.full_name).pk


def action(*selected: int, **members: str) -> dict[str, Any]:
    return {"action": "ask_for_erasure", "_selected_action": [str(row) for row in selected], **members}


def confirmed(*selected: int, reason: str = "Case 12") -> dict[str, Any]:
    return action(*selected, confirmed="yes", reason=reason)


def values(request: Erasure) -> dict[str, Any]:
    return {field.name: getattr(request, field.name) for field in request._meta.fields}


def test_a_targets_erasure_is_asked_for(asker: Client) -> None:
    store([new_activity(target_id="t-1")])
    before = datetime.now(UTC)
    answer = asker.post(ADD, {"target_id": "t-1", "reason": "Case 12"}, follow=True)
    assert said(answer) == [ASKED]
    [request] = Erasure.objects.all()
    assert before <= request.asked_at <= datetime.now(UTC)
    assert values(request) == {
        "id": request.pk,
        "target_id": "t-1",
        "author_rows": None,
        "reason": "Case 12",
        "asked_by": "view_erasure view_author ask_for_erasure",
        "asked_at": request.asked_at,
        "done_at": None,
        "refused": None,
        "erased": 0,
        "named_in": None,
        "version": None,
    }


def test_what_is_no_target_or_no_reason_is_refused(asker: Client) -> None:
    required = ["This field is required."]
    assert errors(asker.post(ADD, {})) == {"target_id": required, "reason": required}
    assert "No names" in page_of(asker, ADD)
    assert not Erasure.objects.exists()


def test_authors_are_asked_for_after_a_question_for_the_reason(asker: Client) -> None:
    ana, bob = row_of(ANA), row_of(BOB)
    question = asker.post(AUTHORS, action(ana, bob, index="0"))
    page = question.content.decode()
    assert facts(page) == [
        (f"Row {bob}", "Bob Okafor, bob-4712"),
        (f"Row {ana}", "Ana Bell, ana-4711, ana.bell@council.example"),
    ]
    assert ("No names" in page, f'<form method="post" action="{AUTHORS}"' in page) == (True, True)
    assert not Erasure.objects.exists()
    again = asker.post(AUTHORS, confirmed(ana, bob, reason=" "))
    assert again.context["form"].errors == {"reason": ["This field is required."]}
    answer = asker.post(AUTHORS, confirmed(ana, bob), follow=True)
    assert said(answer) == [ASKED]
    [request] = Erasure.objects.all()
    assert (request.target_id, request.author_rows, request.reason) == (None, sorted([ana, bob]), "Case 12")
    assert Author.objects.filter(erased_at=None).count() == 2


def test_no_name_gets_into_the_log_the_request_or_an_address(admin_client: Client) -> None:
    ana = row_of(ANA)
    admin_client.post(AUTHORS, action(ana, index="0"))
    answer = admin_client.post(AUTHORS, confirmed(ana), follow=True)
    assert answer.redirect_chain == [(AUTHORS, 302)]
    store([new_activity(target_id="t-1")])
    admin_client.post(ADD, {"target_id": "t-1", "reason": "Case 13"})
    logged = str(list(LogEntry.objects.values())) + str(list(Erasure.objects.values()))
    assert [word for word in ANA if word and word in logged + "".join(said(answer))] == []
    assert not LogEntry.objects.filter(content_type__model="author").exists()


def test_erased_authors_are_shown_as_erased_and_not_asked_for_again(asker: Client) -> None:
    ana, bob = row_of(ANA), row_of(BOB)
    now = datetime.now(UTC)
    carry_out(erasure.ask_for_author([ana], reason="Case 12", by="officer", now=now), now=now)
    words = f"erased {now:%Y-%m-%d %H:%M:%S} UTC"
    assert rows(page_of(asker, AUTHORS)) == [
        ["Bob Okafor", "bob-4712", "-", str(bob), "stored"],
        ["erased", "-", "-", str(ana), words],
    ]
    assert shown(page_of(asker, address(Author, "change", ana))) == {
        "Full name": "erased",
        "Identifier": "-",
        "Email": "-",
        "Row": str(ana),
        "State": words,
        "Unused since": "in use",
    }
    answer = asker.post(AUTHORS, action(ana, index="0"), follow=True)
    assert said(answer) == ["These authors are erased already."]
    assert facts(asker.post(AUTHORS, action(ana, bob, index="0")).content.decode()) == [
        (f"Row {bob}", "Bob Okafor, bob-4712")
    ]


def test_all_authors_at_once_cannot_be_asked_for(asker: Client) -> None:
    Author.objects.bulk_create(Author(full_name=f"n-{number}") for number in range(51))
    row = Author.objects.first()
    assert row is not None
    answer = asker.post(AUTHORS, action(row.pk, index="0", select_across="1"), follow=True)
    assert said(answer) == ["Select at most 50 authors."]
    assert not Erasure.objects.exists()


def test_the_list_says_what_became_of_each_request(asker: Client) -> None:
    ana = row_of(ANA)
    store([new_activity(target_id="t-2", new_data=b'{"by": "Ana Bell"}')])
    now = datetime.now(UTC)
    asked = [now - timedelta(hours=hours) for hours in (4, 3, 2)]
    holds.place(target_id="t-1", source_domain=None, reason="Audit", by="officer", now=now)
    held = carry_out(write_erasure(target_id="t-1", reason="Case 1", asked_by="x", asked_at=asked[0]), now=now)
    named = carry_out(
        write_erasure(target_id=None, author_rows=[ana], reason="Case 2", asked_by="y", asked_at=asked[1]), now=now
    )
    done = f"done {named.done_at:%Y-%m-%d %H:%M:%S} UTC"
    write_erasure(target_id="t-2", reason="Case 3", asked_by="z", asked_at=asked[2])
    first, second, third = (f"{at:%Y-%m-%d %H:%M:%S} UTC by {by}" for at, by in zip(asked, "xyz", strict=True))
    waiting = [third, "target t-2", "waiting", "0"]
    of_author = [second, "an author (1 row)", done, "1"]
    refused = [first, "target t-1", f"refused: {held.refused}", "0"]
    assert rows(page_of(asker, LIST)) == [waiting, of_author, refused]
    assert "The target, or what one domain sent of it, is under legal hold" in refused[2]
    states = {"waiting": [waiting], "done": [of_author], "refused": [refused]}
    assert {state: rows(page_of(asker, LIST, state=state)) for state in states} == states
    assert rows(page_of(asker, LIST, q="t-1")) == [refused]
    page = page_of(asker, address(Erasure, "change", named.pk))
    assert shown(page) == {
        "Of": f"authors: row {ana}",
        "Reason": "Case 2",
        "Asked": second,
        "State": done,
        "Erased": "1",
        "Documents that hold the words": "of targets t-2",
        "Version": named.version,
    }
    assert '<a href="/admin/activities/activity/?target=t-2">t-2</a>' in page
    assert f'<a href="/admin/activities/author/{ana}/change/">' in page


@pytest.mark.parametrize(
    ("codenames", "allowed"),
    [
        ([], []),
        (["view_erasure"], ["list", "page"]),
        (["ask_for_erasure"], ["form", "ask"]),
        (["view_author"], ["authors"]),
        (["view_author", "ask_for_erasure"], ["form", "ask", "authors", "action"]),
        (["view_erasure", "view_author", "place_legal_hold"], ["list", "page", "authors"]),
        (None, []),
    ],
)
def test_each_sees_and_does_what_it_may(codenames: list[str] | None, allowed: list[str]) -> None:
    ana = row_of(ANA)
    store([new_activity(target_id="t-1")])
    old = write_erasure(target_id="t-0", reason="Case 0", asked_by="officer", asked_at=AT)
    client = Client() if codenames is None else signed_in_with(*codenames)
    answers = {
        "list": client.get(LIST),
        "page": client.get(address(Erasure, "change", old.pk)),
        "form": client.get(ADD),
        "ask": client.post(ADD, {"target_id": "t-1", "reason": "Case 1"}),
        "authors": client.get(AUTHORS),
    }
    if codenames is None:
        assert {answer.headers["location"].split("?")[0] for answer in answers.values()} == {"/admin/login/"}
    else:
        assert [name for name, answer in answers.items() if answer.status_code != 403] == [
            name for name in allowed if name != "action"
        ]
        offers = "Ask for erasure of the selected authors" in answers["authors"].content.decode()
        assert offers == ("action" in allowed)
    client.post(AUTHORS, confirmed(ana))
    reasons = {"Case 0": "page", "Case 1": "ask", "Case 12": "action"}
    expected = {reason for reason, name in reasons.items() if name in ("page", *allowed)}
    assert set(Erasure.objects.values_list("reason", flat=True)) == expected


def test_nobody_changes_or_deletes_a_request(admin_client: Client) -> None:
    request = write_erasure(target_id="t-1", reason="Case 1", asked_by="officer", asked_at=AT)
    for name in ("change", "delete"):
        refused = admin_client.post(address(Erasure, name, request.pk), {"reason": "x", "post": "yes"})
        assert refused.status_code == 403
    assert list(Erasure.objects.values_list("reason", flat=True)) == ["Case 1"]
    assert not Activity.objects.exists()


@pytest.mark.parametrize("url", [LIST, AUTHORS])
def test_lists_ask_as_much_for_many_as_for_none(asker: Client, url: str) -> None:
    none = queries_of(asker, url)
    for number in range(60):
        write_erasure(target_id=f"t-{number}", reason="Case", asked_by="officer", asked_at=AT)
    Author.objects.bulk_create(Author(full_name=f"n-{number}") for number in range(60))
    many = queries_of(asker, url)
    assert (len(none), len(many)) == (9, 9)
    assert not [sql for sql in many if "COUNT(" in sql.upper()]


def test_a_target_that_is_not_stored_cannot_be_asked_for(asker: Client) -> None:
    answer = asker.post(ADD, {"target_id": "t-1", "reason": "Case 12"})
    assert errors(answer) == {"target_id": ["No activity of this target is stored: is the id right, to the letter?"]}
    assert not Erasure.objects.exists()
