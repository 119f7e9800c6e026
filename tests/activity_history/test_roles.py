"""The roles that the migrations make: what each may open and do in the admin, and what none of them may."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from activities import holds
from activities.models import Activity, ApiClient, Author, Erasure, LegalHold, PurgeReceipt
from activity_history.admin.read_only import now
from activity_history.models import ViewerLink
from tests.acting import acting_as
from tests.activities.keeping_rows import write_receipt
from tests.activity_history.admin_pages import signed_in
from tests.activity_history.resident_links import made_link
from tests.stored import let_expire, stored

pytestmark = pytest.mark.django_db

MIGRATION = "0004_roles_of_staff"
roles = import_module(f"activity_history.migrations.{MIGRATION}")
ANALYST, OFFICER, ADMINISTRATOR = "Support analyst", "Records officer", "Administrator"
VIEWED = {f"activities.view_{model}" for model in ("activity", "author", "legalhold", "purgereceipt", "erasure")} | {
    "activities.view_apiclient",
    "activity_history.view_viewerlink",
}
GIVEN = {
    ANALYST: VIEWED | {"activity_history.explain_statements", "activity_history.view_requestrecord"},
    OFFICER: VIEWED
    | {
        "activities.view_held",
        "activities.view_readrecord",
        "activities.view_sensitive",
        "activities.place_legal_hold",
        "activities.ask_for_erasure",
        "activity_history.revoke_viewerlink",
    },
    ADMINISTRATOR: {
        "activities.view_apiclient",
        "activities.add_apiclient",
        "activities.change_apiclient",
        "activity_history.view_viewerlink",
        "activity_history.revoke_viewerlink",
    },
}
SECRET = "Secretword"


@pytest.fixture(autouse=True)
def _roles() -> None:
    """As on a new database: tests with commits of their own empty the tables behind them."""
    roles.make_roles(apps, connection.schema_editor())


def signed_in_as(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return signed_in(user)


@pytest.mark.parametrize("role", GIVEN)
def test_a_role_gives_these_permissions_and_no_others(role: str) -> None:
    user = User.objects.create_user("someone")
    user.groups.add(Group.objects.get(name=role))
    assert user.get_all_permissions() == GIVEN[role]


def test_each_permission_is_called_as_its_model_calls_it() -> None:
    """The migration makes those that Django would make later: twice of one name would be two."""
    for parts in roles.ROLES.values():
        for (app, model), given in ((place, each) for part in parts for place, each in part.items()):
            meta = apps.get_model(app, model)._meta
            own = {f"{action}_{model}": f"Can {action} {meta.verbose_name_raw}" for action in meta.default_permissions}
            own |= dict(meta.permissions)
            assert given.items() <= own.items()
    assert Permission.objects.filter(codename="explain_statements").count() == 1


@pytest.mark.acting_as("owner")
def test_the_migration_goes_back_and_forth_and_needs_no_permissions_made_before() -> None:
    executor = MigrationExecutor(connection)
    before = executor.loader.graph.node_map["activity_history", MIGRATION].parents
    earlier = [node.key for node in before if node.key[0] == "activity_history"]
    executor.migrate(earlier)
    assert not Group.objects.filter(name__in=GIVEN).exists()
    Permission.objects.all().delete()
    executor = MigrationExecutor(connection)
    executor.migrate([("activity_history", MIGRATION)])
    for role, given in GIVEN.items():
        found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in found} == given


LISTS = {
    "activity": "/admin/activities/activity/",
    "author": "/admin/activities/author/",
    "hold": "/admin/activities/legalhold/",
    "receipt": "/admin/activities/purgereceipt/",
    "erasure": "/admin/activities/erasure/",
    "client": "/admin/activities/apiclient/",
    "link": "/admin/activity_history/viewerlink/",
    "user": "/admin/auth/user/",
    "group": "/admin/auth/group/",
}
READ = [name for name in LISTS if name not in ("user", "group")]
FORMS = {
    "new activity": "/admin/activities/activity/add/",
    "new author": "/admin/activities/author/add/",
    "new hold": "/admin/activities/legalhold/add/",
    "new receipt": "/admin/activities/purgereceipt/add/",
    "new erasure": "/admin/activities/erasure/add/",
    "new client": "/admin/activities/apiclient/add/",
    "new link": "/admin/activity_history/viewerlink/add/",
    "new user": "/admin/auth/user/add/",
    "new group": "/admin/auth/group/add/",
}
OPENS = {
    ANALYST: READ,
    OFFICER: [*READ, "new hold", "new erasure"],
    ADMINISTRATOR: ["client", "link", "new client", "token", "revoke", "restore"],
}


@pytest.mark.parametrize("role", OPENS)
def test_a_role_opens_its_pages_and_no_others(role: str) -> None:
    client, api_client = signed_in_as(role), ApiClient.objects.create(name="repairs")
    managed = {name: f"/admin/activities/apiclient/{api_client.pk}/{name}/" for name in ("token", "revoke", "restore")}
    # A client that is not revoked can be asked whether it is to be restored.
    answers = {name: client.get(url).status_code for name, url in (LISTS | FORMS | managed).items()}
    assert answers == {name: 200 if name in OPENS[role] else 403 for name in answers}


ROWS: dict[str, tuple[Any, str]] = {
    "activity": (Activity, "activities"),
    "author": (Author, "activities"),
    "hold": (LegalHold, "activities"),
    "receipt": (PurgeReceipt, "activities"),
    "erasure": (Erasure, "activities"),
    "client": (ApiClient, "activities"),
    "link": (ViewerLink, "activity_history"),
}


def _one_of_each() -> None:
    stored(target_id="t-1")
    holds.place(target_id="t-1", source_domain=None, reason="Audit", by="x", now=now())
    made_link()
    acting_as("retention")(write_receipt)(started_at=now())


@pytest.mark.parametrize("name", ROWS)
def test_an_analyst_changes_and_deletes_nothing(name: str) -> None:
    analyst = signed_in_as(ANALYST)
    _one_of_each()
    model, app = ROWS[name]
    before = list(model.objects.order_by("pk").values())
    for row in model.objects.all():
        page = f"/admin/{app}/{model._meta.model_name}/{row.pk}"
        for action in ("change", "delete"):
            assert analyst.post(f"{page}/{action}/", {"post": "yes", "name": "x", "reason": "x"}).status_code == 403
    selected = {"_selected_action": [str(row.pk) for row in model.objects.all()], "post": "yes", "reason": "x"}
    for action in ("delete_selected", "revoke", "ask_for_erasure"):
        analyst.post(LISTS[name], {"action": action, "confirmed": "yes", **selected})
    assert list(model.objects.order_by("pk").values()) == before


def test_an_analyst_reads_neither_what_is_sensitive_nor_what_only_a_hold_keeps() -> None:
    document = f'{{"ethnicity": "{SECRET}"}}'.encode()
    sensitive = stored(target_id="t-1", target_type="personEqualityInformation", new_data=document)
    held = stored(target_id="t-2", correlation_id="r-2")
    let_expire(held)
    holds.place(target_id="t-2", source_domain=None, reason="Audit", by="x", now=now())
    seen = {}
    for role in (ANALYST, OFFICER):
        client = signed_in_as(role)
        pages = (f"{LISTS['activity']}{sensitive}/change/", f"{LISTS['activity']}?target=t-1")
        found = [word for word in ("t-2", "r-2", str(held)) if _leads_somewhere(client, word)]
        seen[role] = ([SECRET in client.get(page).content.decode() for page in pages], found)
    assert seen == {ANALYST: ([False, False], []), OFFICER: ([True, False], ["t-2", "r-2", str(held)])}


def _leads_somewhere(client: Client, word: str) -> bool:
    return client.post(LISTS["activity"], {"look_for": word}).headers["location"] != LISTS["activity"]
