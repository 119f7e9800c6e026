"""Those who may explain statements, and what they ask."""

from typing import Any

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from activity_history.models import ViewerLink
from tests.activity_history.admin_pages import signed_in

LIST = "/admin/queries/"
SECRET = "tenancy-of-a-person"
ASKED = {
    "target_id": SECRET,
    "before": "9999-12-31T23:59:59Z",
    "before_id": "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "rows": "21",
}


def analyst(*codenames: str, name: str = "analyst") -> Client:
    """One of the staff who may explain, and what else these permissions of `activities` allow."""
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="activities", codename__in=codenames))
    user.user_permissions.add(may_explain())
    return signed_in(user)


def may_explain() -> Permission:
    kind = ContentType.objects.get_for_model(ViewerLink)
    known = Permission.objects.filter(content_type__app_label=kind.app_label, codename="explain_statements").first()
    return known or Permission.objects.create(codename="explain_statements", name="Can explain", content_type=kind)


def explained(client: Client, name: str = "activities_about_target", **values: str) -> Any:
    return client.post(f"{LIST}{name}/", values)
