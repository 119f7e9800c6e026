"""As whom a process speaks to the database, and where the addresses stand: docs/database-roles.md."""

import os
from enum import StrEnum
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from config import env


class Role(StrEnum):
    """The variable with its address."""

    OWNER = "DATABASE_OWNER_URL"
    APPLICATION = "DATABASE_URL"
    RETENTION = "DATABASE_RETENTION_URL"


_OF_COMMANDS = {
    Role.OWNER: {
        "create_reporting_user",
        "create_roles",
        "flush",
        "makemigrations",
        "migrate",
        "prepare_restored_database",
        "remove_stale_contenttypes",
    },
    Role.RETENTION: {"erase_author", "erase_target", "purge_expired_activities"},
}


class Address(NamedTuple):
    variable: Role
    url: str


def role_of(command: str) -> Role:
    """Of one of Django's commands."""
    return next((role for role, commands in _OF_COMMANDS.items() if command in commands), Role.APPLICATION)


def is_embedded() -> bool:
    """Whether no address is given."""
    return not any(map(env.text, Role))


def address_of(role: Role) -> Address | None:
    """None for the embedded database. Where a role has no address of its own, it is the application's.

    Raises ImproperlyConfigured for addresses that are no set.
    """
    if is_embedded():
        return None
    given = {each: env.text(each) for each in Role}
    missing = [each for each in Role if not given[each]]
    if given[Role.OWNER] and missing:
        raise ImproperlyConfigured(f"{missing[0]} is not set: DATABASE_OWNER_URL goes with the two others.")
    used = role if given[role] else Role.APPLICATION
    if not given[used]:
        raise ImproperlyConfigured("DATABASE_URL is not set: DATABASE_RETENTION_URL is for purges and erasures only.")
    return Address(used, given[used])


def environment_of(role: Role) -> dict[str, str]:
    """This process's, for a child in that role: it learns of no other role's address."""
    address = address_of(role)
    others = set(Role) - {address.variable} if address else set()
    return {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in others}
