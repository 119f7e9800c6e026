"""What `manage.py check --deploy` asks the database."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.db import Error

from activities.database_roles import database_refuses_edits

EDITS_ARE_POSSIBLE = Warning(
    "The database does not refuse edits of the history: the role of DATABASE_URL may change or delete activities.",
    hint="Give the service roles of its own by `manage.py create_roles`: docs/database-roles.md.",
    id="activities.W001",
)


@register(deploy=True)
def edits_are_refused(**about: Any) -> list[CheckMessage]:
    """Silent where no database answers: whether one does is asked elsewhere."""
    try:
        refuses = database_refuses_edits()
    except Error:
        return []
    return [] if refuses else [EDITS_ARE_POSSIBLE]
