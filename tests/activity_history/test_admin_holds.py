"""Legal holds in the admin: who sees, places and releases them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from activities import holds
from activities.models import LegalHold
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
from tests.stored import stored

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/legalhold/"
ADD = f"{LIST}add/"
PLACED = "The hold is placed: what is stored of the target is neither purged nor erased until it is released."
UNKNOWN = "No activity of this target is stored in this scope: is the id right, to the letter?"
AT = datetime(2026, 2, 19, 15, 12, 0, 123456, tzinfo=UTC)


@pytest.fixture
def placer() -> Client:
    return signed_in_with("view_legalhold", "place_legal_hold")


def placed(target_id: str = "t-1", source_domain: str | None = None, now: datetime = AT) -> LegalHold:
    return holds.place(target_id=target_id, source_domain=source_domain, reason="Audit 7", by="officer", now=now)


def form(**members: str) -> dict[str, str]:
    return {"target_id": "t-1", "source_domain": "", "reason": "Court case 12", **members}


def test_a_hold_is_placed_in_the_name_of_who_is_signed_in(placer: Client) -> None:
    stored(target_id="t-1")
    before = datetime.now(UTC)
    assert said(placer.post(ADD, form(), follow=True)) == [PLACED]
    [hold] = LegalHold.objects.all()
    values: dict[str, Any] = {field.name: getattr(hold, field.name) for field in hold._meta.fields}
    assert before <= values.pop("placed_at") <= datetime.now(UTC)
    assert values == {
        "id": hold.pk,
        "target_id": "t-1",
        "source_domain": None,
        "reason": "Court case 12",
        "placed_by": "view_legalhold place_legal_hold",
        "released_by": None,
        "released_at": None,
    }
    assert list(LogEntry.objects.values_list("object_id", "object_repr")) == [(str(hold.pk), "t-1 (all domains)")]


@pytest.mark.parametrize(("domain", "words"), [("Person", [PLACED]), ("Finance", [UNKNOWN, PLACED])])
def test_a_hold_in_one_domain_that_keeps_nothing_yet_is_placed_with_a_warning(
    placer: Client, domain: str, words: list[str]
) -> None:
    stored(target_id="t-1", source_domain="Person")
    assert said(placer.post(ADD, form(source_domain=domain), follow=True)) == words
    assert list(LegalHold.objects.values_list("target_id", "source_domain")) == [("t-1", domain)]


CONTROL = "A target id has no control characters, such as tabs and line breaks."
SPACE = "It begins or ends with a space, and no stored activity has such a target id: take the space away."


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"target_id": ""}, {"target_id": ["This field is required."]}),
        ({"target_id": "x" * 256}, {"target_id": ["Ensure this value has at most 255 characters (it has 256)."]}),
        ({"target_id": "t\t1"}, {"target_id": [CONTROL]}),
        ({"target_id": "t-1\n"}, {"target_id": [CONTROL]}),
        ({"target_id": "t-\x85"}, {"target_id": [CONTROL]}),
        ({"target_id": "t-1\x00"}, {"target_id": ["Null characters are not allowed."]}),
        ({"target_id": " t-1"}, {"target_id": [SPACE]}),
        ({"reason": " "}, {"reason": ["This field is required."]}),
        ({"source_domain": "x" * 65}, {"source_domain": ["Ensure this value has at most 64 characters (it has 65)."]}),
    ],
)
def test_what_is_no_target_or_no_reason_is_refused(placer: Client, wrong: dict[str, str], why: dict[str, Any]) -> None:
    assert errors(placer.post(ADD, form(**wrong))) == why
    assert not LegalHold.objects.exists()


def test_an_id_that_truly_ends_with_a_space_and_one_of_255_characters_can_be_held(placer: Client) -> None:
    for target_id in ("t-1 ", "é" * 255):
        stored(target_id=target_id)
        assert said(placer.post(ADD, form(target_id=target_id), follow=True)) == [PLACED]
    assert set(LegalHold.objects.values_list("target_id", flat=True)) == {"t-1 ", "é" * 255}


def test_the_form_says_that_placing_waits_and_offers_one_button(placer: Client) -> None:
    page = page_of(placer, ADD)
    assert "waits for the batch of a purge that runs now, usually less than a second" in page
    assert '<input type="submit" value="Place a legal hold" class="default" name="_save">' in page
    assert ("_addanother" in page, "_continue" in page) == (False, False)


def test_the_list_shows_each_hold_newest_first(placer: Client) -> None:
    first = placed(source_domain="Finance")
    placed("t-2", now=AT + timedelta(days=1))
    holds.release(first, by="admin", now=AT + timedelta(days=2))
    newer = ["t-2", "in force", "all", "2026-02-20 15:12:00 UTC by officer", "Audit 7"]
    released = "released 2026-02-21 15:12:00 UTC by admin"
    older = ["t-1", released, "Finance", "2026-02-19 15:12:00 UTC by officer", "Audit 7"]
    assert rows(page_of(placer, LIST)) == [newer, older]
    assert rows(page_of(placer, LIST, state="in-force")) == [newer]
    assert rows(page_of(placer, LIST, state="released")) == [older]
    assert rows(page_of(placer, LIST, q=" t-1 ")) == [older]
    assert rows(page_of(placer, LIST, q="t")) == rows(page_of(placer, LIST, q="T-1")) == []


def test_a_hold_is_released_after_a_question(placer: Client) -> None:
    hold = placed()
    page, release = address(LegalHold, "change", hold.pk), address(LegalHold, "release", hold.pk)
    assert f'<a href="{release}">Release this hold</a>' in page_of(placer, page)
    question = page_of(placer, release)
    assert facts(question) == [
        ("Target", "t-1"),
        ("Source domain", "all"),
        ("Reason", "Audit 7"),
        ("Placed", "2026-02-19 15:12:00 UTC by officer"),
    ]
    assert ('method="post"' in question, "csrfmiddlewaretoken" in question) == (True, True)
    assert LegalHold.objects.filter(released_at=None).exists()
    assert said(placer.post(release, follow=True)) == ["The hold is released."]
    hold.refresh_from_db()
    assert hold.released_at is not None
    assert hold.released_by == "view_legalhold place_legal_hold"
    state = f"released {hold.released_at:%Y-%m-%d %H:%M:%S} UTC by {hold.released_by}"
    assert shown(page_of(placer, page))["State"] == state
    assert "Release this hold" not in page_of(placer, page)
    for again in (placer.get(release, follow=True), placer.post(release, follow=True)):
        assert said(again) == ["This hold had been released before."]
    assert list(LogEntry.objects.values_list("change_message", flat=True)) == ["Released."]


def test_releasing_wants_the_token_of_our_own_form(placer: Client) -> None:
    hold = placed()
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies = placer.cookies
    assert stranger.post(address(LegalHold, "release", hold.pk)).status_code == 403
    assert LegalHold.objects.filter(released_at=None).exists()


def test_a_hold_that_is_not_there_is_not_found(placer: Client) -> None:
    for number in (1, 10**30):
        assert placer.get(f"{LIST}{number}/release/").status_code == 404


@pytest.mark.parametrize(
    ("codenames", "allowed"),
    [
        ([], []),
        (["view_legalhold"], ["list", "page"]),
        (["place_legal_hold"], ["form", "place"]),
        (["view_legalhold", "place_legal_hold"], ["list", "page", "form", "place", "question", "release"]),
        (None, []),
    ],
)
def test_each_sees_and_does_what_it_may(codenames: list[str] | None, allowed: list[str]) -> None:
    hold = placed()
    client = Client() if codenames is None else signed_in_with(*codenames)
    page, release = address(LegalHold, "change", hold.pk), address(LegalHold, "release", hold.pk)
    answers = {
        "list": client.get(LIST),
        "page": client.get(page),
        "form": client.get(ADD),
        "place": client.post(ADD, form()),
        "question": client.get(release),
        "release": client.post(release),
    }
    if codenames is None:
        assert {answer.headers["location"].split("?")[0] for answer in answers.values()} == {"/admin/login/"}
    else:
        assert [name for name, answer in answers.items() if answer.status_code != 403] == allowed
    assert LegalHold.objects.count() == 1 + ("place" in allowed)
    assert LegalHold.objects.filter(pk=hold.pk, released_at=None).exists() == ("release" not in allowed)


def test_nobody_changes_or_deletes_a_hold(admin_client: Client) -> None:
    hold = placed()
    for action in ("change", "delete"):
        assert admin_client.post(address(LegalHold, action, hold.pk), form(reason="x", post="yes")).status_code == 403
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [str(hold.pk)], "post": "yes"})
    assert list(LegalHold.objects.values_list("reason", "released_at")) == [("Audit 7", None)]


def test_the_list_asks_as_much_for_many_as_for_none(placer: Client) -> None:
    none = queries_of(placer, LIST)
    for number in range(60):
        placed(f"t-{number}")
    many = queries_of(placer, LIST)
    assert (len(none), len(many)) == (9, 9)
    assert not [sql for sql in many if "COUNT(" in sql.upper()]
