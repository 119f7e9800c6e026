"""A hold keeps its own history, also against SQL."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from activities.models import LegalHold
from tests.acting import acting_as
from tests.activities.keeping_rows import PLACED, write_hold

pytestmark = pytest.mark.django_db


def refused(sql: str) -> str | None:
    """By the constraint of that name, whoever asks: the owner may do what no other role may."""
    raises = pytest.raises(IntegrityError)
    with acting_as("owner"), raises as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert isinstance(error.value.__cause__, psycopg.IntegrityError)
    return error.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM legal_hold",
        "UPDATE legal_hold SET reason = 'Another'",
        "UPDATE legal_hold SET target_id = 't-2', released_at = now(), released_by = 'x'",
        "UPDATE legal_hold SET source_domain = 'Finance', released_at = now(), released_by = 'x'",
        "UPDATE legal_hold SET placed_at = now() - interval '1 day', released_at = now(), released_by = 'x'",
        "UPDATE legal_hold SET placed_by = 'x', released_at = now(), released_by = 'x'",
        "UPDATE legal_hold SET released_by = 'x'",
    ],
)
def test_a_hold_can_only_be_released(change: str) -> None:
    before = write_hold()
    assert refused(change) == "legal_hold_keeps_its_history"
    assert LegalHold.objects.values().get() == as_stored(before)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM legal_hold",
        "UPDATE legal_hold SET released_at = NULL, released_by = NULL",
        "UPDATE legal_hold SET released_at = now()",
    ],
)
def test_a_released_hold_stays_as_it_is(change: str) -> None:
    before = write_hold(released_at=PLACED, released_by="other")
    assert refused(change) == "legal_hold_keeps_its_history"
    assert LegalHold.objects.values().get() == as_stored(before)


def as_stored(hold: LegalHold) -> dict[str, Any]:
    return {field.attname: getattr(hold, field.attname) for field in hold._meta.concrete_fields}
