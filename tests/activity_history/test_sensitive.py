"""The data of sensitive targets, whatever the type: in the admin and on the staff page only for who may see it."""

from typing import Any

import pytest
from django.test import Client

from activities.models import Activity
from tests.activity_history.admin_pages import address, signed_in_with
from tests.stored import stored

pytestmark = pytest.mark.django_db

SECRET = "Secretword"
KINDS = [
    ("personEqualityInformation", "create"),
    ("personEqualityInformation", "end"),
    ("cautionaryAlert", "Update"),
    ("cautionaryAlert", "archive"),
]


def pages(client: Client, target_type: str, type: str) -> list[str]:
    document = f'{{"ethnicity": "{SECRET}", "cautionOnSystem": "{SECRET}"}}'.encode()
    members: dict[str, Any] = {"target_type": target_type, "type": type, "old_data": None, "new_data": document}
    id = stored(target_id="t-1", **members)
    answers = [client.get(url) for url in ("/history/t-1", f"/history/t-1/{id}", address(Activity, "change", id))]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    return [answer.content.decode() for answer in answers]


@pytest.mark.parametrize(("target_type", "type"), KINDS)
def test_it_is_withheld_from_who_may_only_view(target_type: str, type: str) -> None:
    shown = pages(signed_in_with("view_activity"), target_type, type)
    assert [SECRET in page for page in shown] == [False, False, False]
    assert "sensitive, and not shown to this account" in shown[2]


@pytest.mark.parametrize(("target_type", "type"), KINDS)
def test_it_is_shown_to_who_may_see_it(target_type: str, type: str) -> None:
    shown = pages(signed_in_with("view_activity", "view_sensitive"), target_type, type)
    assert [SECRET in page for page in shown] == [True, True, True]


def test_what_is_not_sensitive_is_shown_to_all() -> None:
    assert [SECRET in page for page in pages(signed_in_with("view_activity"), "person", "create")] == [True] * 3
