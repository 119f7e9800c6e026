import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from activities.models import Activity, ApiClient, Author
from tests.activity_history.admin_pages import address, queries_of, signed_in, signed_in_with
from tests.stored import new_activity, store, stored

READ_ONLY = [Activity, Author]


@pytest.fixture
def officer(db: None) -> Client:
    """One who may view and nothing else."""
    return signed_in_with("view_activity", "view_author", "view_apiclient")


@pytest.mark.parametrize("model", READ_ONLY)
def test_record_is_shown_and_cannot_be_changed_even_by_the_administrator(admin_client: Client, model: Any) -> None:
    stored()
    row = model.objects.get()
    page = admin_client.get(address(model, "change", row.pk))
    assert page.status_code == 200
    assert "_save" not in page.content.decode()
    refused = {
        "add": admin_client.get(address(model, "add")).status_code,
        "added": admin_client.post(address(model, "add"), {"full_name": "x"}).status_code,
        "changed": admin_client.post(address(model, "change", row.pk), {"full_name": "x"}).status_code,
        "delete": admin_client.get(address(model, "delete", row.pk)).status_code,
        "deleted": admin_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code,
    }
    assert set(refused.values()) == {403}
    action = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    admin_client.post(address(model, "changelist"), action)
    assert list(model.objects.values()) == list(model.objects.filter(pk=row.pk).values())
    assert model.objects.count() == 1


@pytest.mark.parametrize("model", READ_ONLY)
def test_list_counts_no_rows_and_asks_as_much_for_many_as_for_one(officer: Client, model: Any) -> None:
    stored()
    one = queries_of(officer, address(model, "changelist"))
    authors = [new_activity().author._replace(identifier=f"a-{n}") for n in range(60)]
    store([new_activity(author=author) for author in authors])
    many = queries_of(officer, address(model, "changelist"))
    assert len(many) == len(one)
    assert not [sql for sql in many if "COUNT(" in sql.upper()]
    table = f'FROM "{model._meta.db_table}"'
    assert all("LIMIT" in sql for sql in many if table in sql)


@pytest.mark.parametrize("model", [*READ_ONLY, ApiClient])
def test_officer_with_view_permissions_sees_all_and_changes_nothing(officer: Client, model: Any) -> None:
    stored()
    row = model.objects.get()
    assert officer.get(address(model, "changelist")).status_code == 200
    page = officer.get(address(model, "change", row.pk))
    assert page.status_code == 200
    assert "_save" not in page.content.decode()
    for action in (address(model, "add"), address(model, "change", row.pk), address(model, "delete", row.pk)):
        assert officer.post(action, {"name": "other", "post": "yes"}).status_code == 403
    assert list(model.objects.all()) == [row]


def test_officer_without_permissions_sees_nothing(db: None) -> None:
    client = signed_in_with()
    for model in (*READ_ONLY, ApiClient):
        assert client.get(address(model, "changelist")).status_code == 403
    assert client.get("/admin/").status_code == 200


def test_others_are_asked_to_sign_in(db: None) -> None:
    client = signed_in(User.objects.create_user("resident"))
    for visitor in (Client(), client):
        answer = visitor.get(address(Activity, "changelist"))
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/admin/login/?next=/admin/activities/activity/")


def test_record_shows_every_digit_of_its_data(officer: Client) -> None:
    id = stored(new_data=b'{"n": 12345678901234567.89, "m": 1.10}')
    page = officer.get(address(Activity, "change", id)).content.decode()
    assert "{&quot;m&quot;: 1.10, &quot;n&quot;: 12345678901234567.89}" in page
    assert "&quot;m&quot;: 1.10,\n    &quot;n&quot;: 12345678901234567.89" in page
    assert re.search("<td [^>]*></td><td [^>]*>12345678901234567.89</td><td [^>]*>added</td>", page)
