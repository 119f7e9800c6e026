"""Authors in the admin: looked for without a name in any address."""

import pytest
from django.test import Client

from activities.models import Author
from tests.activity_history.admin_pages import rows, said, signed_in_with
from tests.stored import AUTHOR, new_activity, store

pytestmark = pytest.mark.django_db

AUTHORS = "/admin/activities/author/"
ANA = AUTHOR._replace(identifier="ana-4711", full_name="Ana Bell", email="ana.bell@council.example")


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


@pytest.mark.parametrize("selected", ["abc", "", "9" * 30, "-1"])
def test_boxes_that_are_none_are_refused(asker: Client, selected: str) -> None:
    answer = asker.post(AUTHORS, {"action": "ask_for_erasure", "_selected_action": selected}, follow=True)
    assert said(answer) == ["Select authors by their boxes in the list."]


def test_a_nul_in_what_is_looked_for_is_passed_over(asker: Client) -> None:
    store([new_activity(author=ANA)])
    answer = asker.post(AUTHORS, {"look_for": "Ana\0 Bell"})
    assert (answer.status_code, [row[0] for row in rows(answer.content.decode())]) == (200, ["Ana Bell"])
