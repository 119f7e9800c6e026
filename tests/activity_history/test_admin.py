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


def test_client_can_be_revoked_but_not_deleted(admin_client: Client) -> None:
    client = ApiClient.objects.create(name="repairs")
    change = {"name": "repairs", "revoked_at_0": "2026-02-19", "revoked_at_1": "15:12:00"}
    assert admin_client.post(address(ApiClient, "change", client.pk), change).status_code == 302
    client.refresh_from_db()
    assert client.revoked_at is not None
    assert admin_client.post(address(ApiClient, "delete", client.pk), {"post": "yes"}).status_code == 403


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


def test_list_is_newest_first_and_pages_on(officer: Client) -> None:
    store([new_activity(target_id=f"t-{n:02}") for n in range(60)])
    first, second = (officer.get(address(Activity, "changelist"), {"p": page}) for page in (1, 2))
    rows = [row.pk for response in (first, second) for row in response.context["cl"].result_list]
    assert rows == list(Activity.objects.newest_first().values_list("pk", flat=True))
    assert "60 activities" in first.content.decode()


def test_search_is_by_a_targets_whole_id(officer: Client) -> None:
    wanted = stored(target_id="T-1")
    stored(target_id="t-1")
    found = officer.get(address(Activity, "changelist"), {"q": " T-1 "})
    assert [row.pk for row in found.context["cl"].result_list] == [wanted]


@pytest.mark.parametrize("query", ["?q=%00", "?type=x", "?p=0", "?p=99999999999999999999", "?o=1.2", "?all="])
def test_odd_addresses_of_the_list_do_not_fail(officer: Client, query: str) -> None:
    stored()
    assert officer.get(address(Activity, "changelist") + query).status_code in (200, 302)


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


def test_author_is_found_by_a_whole_name(officer: Client) -> None:
    stored()
    author = Author.objects.get()
    page = officer.get(address(Author, "changelist"), {"q": author.full_name}).content.decode()
    assert "1 author" in page
    assert "0 authors" in officer.get(address(Author, "changelist"), {"q": author.full_name[:-1]}).content.decode()


def test_name_of_a_client_stays(admin_client: Client) -> None:
    client = ApiClient.objects.create(name="rents")
    admin_client.post(address(ApiClient, "change", client.pk), {"name": "repairs"})
    assert list(ApiClient.objects.values_list("name", flat=True)) == ["rents"]
