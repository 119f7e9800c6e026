"""Those who may explain statements."""

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from activity_history.models import ViewerLink
from tests.activity_history.admin_pages import signed_in


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
