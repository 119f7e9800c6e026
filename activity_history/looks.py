"""What staff look at is recorded before it is shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest

from activities import reads


def record(target_ids: Iterable[str], request: HttpRequest, *, now: datetime) -> None:
    """The histories of these targets, by who is signed in. Raises ReadNotRecorded."""
    user = cast(User, request.user)
    if targets := list(target_ids):
        reads.record_on_page(targets, user_id=user.pk, username=user.get_username(), now=now)
