"""A link is found by its own token alone, for as long as it lasts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from activity_history import links
from activity_history.links import LinkUnusable
from activity_history.models import ViewerLink
from tests.acting import acting_as
from tests.activity_history.resident_links import made_link

NOW = datetime(2026, 6, 4, 9, 32, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

forget_old = acting_as("retention")(links.forget_old)
OTHER_KEY = "another-key-of-before-0123456789-abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def link(db: None) -> ViewerLink:
    return made_link("t-1", minutes=5, now=NOW)


def is_found(token: str, now: datetime = NOW) -> bool:
    try:
        links.find(token, now=now)
    except LinkUnusable:
        return False
    return True


def test_token_leads_to_its_own_row(link: ViewerLink) -> None:
    other = made_link("t-2", minutes=5, now=NOW)
    assert [links.find(links.token_of(each), now=NOW) for each in (link, other)] == [link, other]


def test_link_ends_to_the_microsecond(link: ViewerLink) -> None:
    ends = NOW + timedelta(minutes=5)
    assert [is_found(links.token_of(link), now) for now in (ends - MICROSECOND, ends, ends + MICROSECOND)] == [
        True,
        False,
        False,
    ]


def test_revocation_takes_effect_at_once_and_keeps_its_moment(link: ViewerLink) -> None:
    assert ViewerLink.objects.revoke([link.pk], by="officer", now=NOW) == 1
    assert ViewerLink.objects.revoke([link.pk], by="admin", now=NOW + MICROSECOND) == 0
    assert not is_found(links.token_of(link))
    link.refresh_from_db()
    assert (link.revoked_at, link.revoked_by, link.state(now=NOW)) == (NOW, "officer", "Revoked")


def test_any_altered_letter_makes_a_token_useless(link: ViewerLink) -> None:
    token = links.token_of(link)
    letters = "AZaz09-_"
    altered = [
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in letters
        if letter != token[place]
    ]
    assert [each for each in altered if is_found(each)] == []


def test_any_altered_bit_makes_a_token_useless(link: ViewerLink) -> None:
    raw = urlsafe_b64decode(links.token_of(link))
    for place in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        assert not is_found(urlsafe_b64encode(flipped).decode())


def test_signature_of_one_link_is_of_no_use_to_another(link: ViewerLink) -> None:
    other = urlsafe_b64decode(links.token_of(made_link("t-2", now=NOW)))
    mixed = link.id.bytes + other[16:]
    assert not is_found(urlsafe_b64encode(mixed).decode())


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "",
        lambda token: token[:-1],
        lambda token: f"{token}A",
        lambda token: f"{token}\n",
        lambda token: f"{token}=",
        lambda token: token.replace(token[0], "é", 1),
        lambda token: f" {token[1:]}",
        lambda token: "A" * 44,
        lambda token: "A" * 100_000,
    ],
)
def test_what_is_no_token_is_no_link(link: ViewerLink, change: Any) -> None:
    assert not is_found(change(links.token_of(link)))


def test_signed_id_without_a_row_is_no_link(link: ViewerLink) -> None:
    token = links.token_of(ViewerLink(id=uuid4()))
    assert not is_found(token)


def test_key_of_before_is_accepted_and_any_other_is_not(link: ViewerLink, settings: Any) -> None:
    token, key = links.token_of(link), settings.SECRET_KEY
    settings.SECRET_KEY = OTHER_KEY
    assert not is_found(token)
    settings.SECRET_KEY_FALLBACKS = [key]
    assert is_found(token)
    assert is_found(links.token_of(link))
    assert links.token_of(link) != token


def test_rows_that_ended_thirty_days_ago_go_and_a_microsecond_before_stay(link: ViewerLink) -> None:
    old = link.expires_at + timedelta(days=30)
    assert forget_old(old) == 0
    assert ViewerLink.objects.get() == link
    assert forget_old(old + MICROSECOND) == 1


def test_the_purge_forgets_old_links_as_well(link: ViewerLink) -> None:
    began = datetime.now(UTC) - timedelta(days=32)
    with acting_as("owner"):
        ViewerLink.objects.update(created_at=began, expires_at=began + timedelta(minutes=9))
    with acting_as("retention"):
        call_command("purge_expired_activities", stdout=StringIO())
    assert not ViewerLink.objects.exists()


@pytest.mark.parametrize(
    ("members", "constraint"),
    [
        ({"target_ids": []}, "viewer_link_has_1_to_20_targets"),
        ({"target_ids": [str(n) for n in range(21)]}, "viewer_link_has_1_to_20_targets"),
        ({"expires_at": NOW}, "viewer_link_ends_within_an_hour"),
        ({"expires_at": NOW + timedelta(hours=1) + MICROSECOND}, "viewer_link_ends_within_an_hour"),
        ({"revoked_at": NOW}, "viewer_link_is_revoked_by_someone_after_it_was_made"),
        ({"revoked_by": "officer"}, "viewer_link_is_revoked_by_someone_after_it_was_made"),
        (
            {"revoked_at": NOW - MICROSECOND, "revoked_by": "officer"},
            "viewer_link_is_revoked_by_someone_after_it_was_made",
        ),
    ],
)
def test_database_refuses_links_that_cannot_be(link: ViewerLink, members: dict[str, Any], constraint: str) -> None:
    columns = {"target_ids": ["t"], "client": link.client, "created_at": NOW, "expires_at": NOW + MICROSECOND}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ViewerLink.objects.create(id=UUID(int=1), **columns | members)


@pytest.mark.parametrize(
    "members",
    [
        {"target_ids": [str(n) for n in range(20)]},
        {"expires_at": NOW + timedelta(hours=1)},
        {"revoked_at": NOW, "revoked_by": "officer"},
        {"source_domains": []},
    ],
)
def test_database_takes_what_is_just_within(link: ViewerLink, members: dict[str, Any]) -> None:
    columns = {"target_ids": ["t"], "client": link.client, "created_at": NOW, "expires_at": NOW + MICROSECOND}
    ViewerLink.objects.create(id=UUID(int=1), **columns | members)
