"""The demo that `make run` shows: a history, sign-ins, and a token to paste."""

from datetime import UTC, datetime
from uuid import uuid4

from django.conf import settings

CLIENT = "demo"
_SIGN_INS = {"admin": True, "officer": False}
_TOKEN_SECONDS = 30 * 24 * 3600


def is_loaded() -> bool:
    """The sign-ins are made last; whoever removes one of them does not want it back."""
    from django.contrib.auth.models import User

    return User.objects.exists()


def make_sign_ins() -> None:
    from django.apps import apps
    from django.contrib.auth.models import Permission, User

    # Each by its whole name: `view_held` opens what has expired, and is not for everybody.
    names = {str(model._meta.model_name) for model in apps.get_app_config("activities").get_models()}
    # Who read which history is for records officers.
    codenames = [f"view_{name}" for name in names - {"readrecord"}]
    for name, is_superuser in _SIGN_INS.items():
        user, made = User.objects.get_or_create(
            username=name, defaults={"is_staff": True, "is_superuser": is_superuser}
        )
        if made:
            user.set_password(settings.DEMO_PASSWORD)
            user.save()
        # What is sensitive, and what only a hold keeps, is seen by the administrator alone.
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="activities", codename__in=codenames)
        )


def access_lines(base_url: str) -> list[str]:
    """What to print once the service answers."""
    from django.contrib.auth.models import User

    from activities.access import READ, SEARCH, SHARE, WRITE
    from activities.api.authentication import issue_token
    from activities.demo.history import DEMO_TENURE_ID
    from activities.models import ApiClient

    users = User.objects.filter(username__in=_SIGN_INS, is_active=True).order_by("id")
    names = [user.username for user in users if user.check_password(settings.DEMO_PASSWORD)]
    client = ApiClient.objects.get_or_create(name=CLIENT)[0]
    claims = {"scope": f"{WRITE} {READ} {SEARCH} {SHARE}", "audience": "staff"}
    token = issue_token(client, claims, now=datetime.now(UTC), seconds=_TOKEN_SECONDS, token_id=str(uuid4()))
    body = f'{{"targetIds": ["{DEMO_TENURE_ID}"], "minutes": 60}}'
    json = '-H "Content-Type: application/json"'
    sign_in = f"Sign in to the pages and the admin as {' or '.join(names)}, password {settings.DEMO_PASSWORD}"
    return [
        *([sign_in] if names else []),
        "A tenure's history, and a link by which its resident sees it, with a token that is good for 30 days:",
        f"  TOKEN={token}",
        f'  curl "{base_url}/api/v1/activities?targetId={DEMO_TENURE_ID}&pageSize=5" -H "Authorization: Bearer $TOKEN"',
        f"  curl {base_url}/api/v1/viewer-links -H \"Authorization: Bearer $TOKEN\" {json} -d '{body}'",
    ]
