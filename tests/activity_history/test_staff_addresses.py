"""Addresses of the staff page as they are pasted, mistyped and made up."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.activity_history.admin_pages import signed_in_with
from tests.stored import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in_with("view_activity")


def title(client: Client, address: str) -> tuple[int, bool]:
    """The status, and whether something is shown."""
    answer = client.get(address)
    return answer.status_code, "Nothing is recorded" not in answer.content.decode()


def test_a_slash_behind_an_address_changes_nothing(officer: Client) -> None:
    id = stored(target_id="t-1")
    for address in ("/history/t-1", "/history/t-1/", f"/history/t-1/{id}", f"/history/t-1/{id}/"):
        assert title(officer, address) == (200, True)


def test_a_slash_that_is_a_part_of_the_id_is_kept(officer: Client) -> None:
    stored(target_id="t-1/")
    assert title(officer, "/history/t-1/") == (200, True)
    assert title(officer, "/history/t-1") == (200, False)


@pytest.mark.parametrize("target", ["%00", "a%00b", "t" * 256, "%0A"])
def test_an_id_that_can_be_none_has_no_page(officer: Client, target: str) -> None:
    assert officer.get(f"/history/{target}").status_code == 404
    assert officer.get(f"/history/{target}/{uuid4()}").status_code == 404


def test_a_space_at_an_end_is_looked_for_first_as_it_stands(officer: Client) -> None:
    stored(target_id=" sp ")
    stored(target_id="plain")
    found = [officer.get("/history/", {"target": target}).headers["location"] for target in (" sp ", " plain ", "sp")]
    assert found == ["/history/%20sp%20", "/history/plain", "/history/sp"]
    assert officer.get("/history/", {"target": "  "}).status_code == 400
