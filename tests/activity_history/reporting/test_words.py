"""The wording reaches the database with each migration."""

import pytest
from django.core.management import call_command
from django.db import connection

from activities.wording import FILE, WORDING
from activities.wording.file import read_shape
from activity_history.models import ReportingKind, ReportingLabel
from activity_history.reporting import words
from tests.connections import execute

pytestmark = pytest.mark.django_db


def kinds() -> dict[tuple[str, str], tuple[bool, bool]]:
    rows = ReportingKind.objects.values_list("target_type", "type", "activity_shown", "data_shown")
    return {(target, type): (activity, data) for target, type, activity, data in rows}


def test_every_word_and_kind_of_the_wording_is_there() -> None:
    shape = read_shape(FILE.read_text())
    labels = ReportingLabel.objects.filter(sort="field").values_list("name", "label")
    assert dict(labels) == {name: field.label for name, field in shape.fields.items()}
    wanted = {
        (name.target_type, name.type): (True, name.target_type not in WORDING.sensitive_targets)
        for name in WORDING.kinds
    }
    wanted |= {(name, ""): (True, False) for name in WORDING.sensitive_targets}
    assert kinds() == wanted | {("", ""): (True, True)}


def test_a_migration_puts_right_what_has_become_another() -> None:
    before = kinds()
    ReportingKind.objects.filter(type="").delete()
    ReportingLabel.objects.filter(name="surname").update(label="Family name")
    call_command("migrate", verbosity=0)
    assert kinds() == before
    assert ReportingLabel.objects.get(sort="field", name="surname").label == "Last name"


def test_what_is_right_is_left_alone() -> None:
    before = set(ReportingLabel.objects.values_list("pk", flat=True))
    words.write()
    assert set(ReportingLabel.objects.values_list("pk", flat=True)) == before


def test_a_database_without_the_tables_is_passed_over() -> None:
    execute(connection, "ALTER TABLE reporting_kind RENAME TO elsewhere")
    words.write_after_migration("default")
    execute(connection, "ALTER TABLE elsewhere RENAME TO reporting_kind")
