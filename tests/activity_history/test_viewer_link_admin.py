"""Viewer links in the admin: seen by whoever may see them, revoked by whoever may revoke, changed by nobody."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activity_history import links
from activity_history.models import ViewerLink
from tests.activity_history.resident_links import made_link, path_of

LIST = "/admin/activity_history/viewerlink/"


def officer(*permissions: str) -> Client:
    user = User.objects.create_user("officer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def status(link: ViewerLink) -> int:
    return Client().get(path_of(link)).status_code


def revoke(client: Client, link: ViewerLink) -> int:
    data = {"action": "revoke", "_selected_action": [str(link.pk)]}
    return client.post(LIST, data, follow=True).status_code


def test_whoever_may_revoke_does_so_at_once_and_is_named(db: None) -> None:
    link, other = made_link(), made_link()
    client = officer("view_viewerlink", "revoke_viewerlink")
    assert status(link) == 200
    assert revoke(client, link) == 200
    assert (status(link), status(other)) == (410, 200)
    link.refresh_from_db()
    assert link.revoked_by == "officer"
    [entry] = LogEntry.objects.all()
    assert (entry.object_id, entry.get_change_message()) == (str(link.pk), "Revoked.")
    first = link.revoked_at
    revoke(client, link)
    link.refresh_from_db()
    assert link.revoked_at == first
    assert LogEntry.objects.count() == 1


def test_whoever_may_only_view_revokes_nothing(db: None) -> None:
    link = made_link()
    client = officer("view_viewerlink")
    assert "Revoke" not in client.get(LIST).content.decode()
    revoke(client, link)
    assert status(link) == 200


def test_whoever_may_neither_sees_none(db: None) -> None:
    assert officer("view_activity").get(LIST).status_code == 403


def test_nobody_adds_changes_or_deletes_a_link(admin_client: Client) -> None:
    link = made_link()
    change, delete = (
        reverse(f"admin:activity_history_viewerlink_{each}", args=[link.pk]) for each in ("change", "delete")
    )
    page = admin_client.get(change)
    assert (page.status_code, b"_save" in page.content) == (200, False)
    attempts = [(f"{LIST}add/", {}), (change, {"minutes": 5}), (delete, {"post": "yes"})]
    assert [admin_client.post(path, data).status_code for path, data in attempts] == [403, 403, 403]
    action = {"action": "delete_selected", "_selected_action": [str(link.pk)], "post": "yes"}
    admin_client.post(LIST, action)
    assert list(ViewerLink.objects.values()) == list(ViewerLink.objects.filter(pk=link.pk).values())


def test_link_itself_is_shown_nowhere(admin_client: Client) -> None:
    link = made_link("tenure-7")
    for path in (LIST, reverse("admin:activity_history_viewerlink_change", args=[link.pk])):
        page = admin_client.get(path).content.decode()
        assert str(link.pk) in page
        assert links.token_of(link) not in page
        assert "my-history" not in page


def test_list_says_the_state_of_each(admin_client: Client) -> None:
    revoked = made_link("t-1")
    ended = made_link("t-2", now=datetime.now(UTC) - timedelta(hours=2))
    in_use = made_link("t-3", "t-4")
    ViewerLink.objects.revoke([revoked.pk], by="officer", now=datetime.now(UTC))
    page = admin_client.get(LIST).content.decode()
    shown = {
        name: re.findall(rf'<td class="field-{name}">(.*?)</td>', page) for name in ("state", "how_many_targets", "id")
    }
    assert shown == {
        "state": ["In use", "Revoked", "Ended"],
        "how_many_targets": ["2", "1", "1"],
        "id": [str(link.pk) for link in (in_use, revoked, ended)],
    }


@pytest.mark.parametrize("of", ["id", "target"])
def test_link_is_found_by_its_id_or_a_target(admin_client: Client, of: str) -> None:
    link = made_link("t-1", "t-2")
    made_link("t-3")
    term = {"id": str(link.pk), "target": " t-2 "}[of]
    assert list(admin_client.get(LIST, {"q": term}).context["cl"].result_list) == [link]
    assert admin_client.get(LIST, {"q": "\0"}).status_code == 200


def test_list_asks_as_much_for_many_as_for_one(admin_client: Client) -> None:
    made_link()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(LIST)
        counts.append(len(queries))
        [made_link() for _ in range(60)]
    assert counts[0] == counts[1]
