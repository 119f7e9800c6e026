"""Migrations run while the service of the version before serves: docs/deploy.md. So after the first release none may
hold a lock on a large table for long, nor take away what that version uses.
"""

import re
from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

# The last of each app in the first release. Those up to it find the tables empty.
FIRST_RELEASE = {"activities": "0010", "activity_history": "0006"}
LARGE = {"activity", "author"}
_LARGE_IN_SQL = r"\b(activity|author)\b"
_PLAIN_INDEX = re.compile(rf"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)[^;]*\bON (ONLY )?{_LARGE_IN_SQL}", re.IGNORECASE)
_REWRITE = re.compile(
    rf"ALTER TABLE (ONLY )?{_LARGE_IN_SQL}[^;]*(ALTER (COLUMN )?\w+ (SET NOT NULL|(SET DATA )?TYPE)|SET LOGGED)\b",
    re.IGNORECASE,
)
_CONSTRAINT = re.compile(
    rf"ALTER TABLE (ONLY )?{_LARGE_IN_SQL}[^;]*ADD CONSTRAINT(?![^;]*\b(NOT VALID|USING INDEX)\b)", re.IGNORECASE
)
_WHOLE = re.compile(rf"\b(VACUUM FULL|CLUSTER|LOCK TABLE|UPDATE|DELETE FROM) {_LARGE_IN_SQL}", re.IGNORECASE)
_IN_SQL = {
    _PLAIN_INDEX: "makes an index that stops writers: CREATE INDEX CONCURRENTLY, with atomic = False",
    _REWRITE: "rewrites or reads the whole table under a lock: add a column, and fill it in batches",
    _CONSTRAINT: "checks the whole table under a lock: NOT VALID, then VALIDATE CONSTRAINT in another migration",
    _WHOLE: "works on the whole table at once: a command that goes in batches",
}


def faults(operations: list[Operation]) -> list[str]:
    return [fault for operation in operations if (fault := _fault(operation))]


def _fault(operation: Operation) -> str | None:
    if isinstance(operation, migrations.RunSQL):
        sql = operation.sql if isinstance(operation.sql, str) else ";".join(map(str, operation.sql))
        return next((cure for found, cure in _IN_SQL.items() if found.search(sql)), None)
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return next(iter(faults(list(operation.database_operations))), None)
    table = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
    if table not in LARGE:
        return None
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid() | ValidateConstraint():
            return None
        case migrations.AddIndex():
            return _IN_SQL[_PLAIN_INDEX]
        case migrations.AddConstraint():
            return _IN_SQL[_CONSTRAINT]
        case migrations.AlterField():
            return _IN_SQL[_REWRITE]
        case migrations.AddField() if not operation.field.null and not operation.field.has_db_default():
            return "adds a column that the version before does not fill: let it be null, or have a db_default"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return "renames what the version before uses: add the new one, and take the old one away a release later"
    return None


def later_migrations() -> Iterator[migrations.Migration]:
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if app in FIRST_RELEASE and name[:4] > FIRST_RELEASE[app]:
            yield migration


def test_no_migration_after_the_first_release_holds_up_the_service() -> None:
    told = {f"{each.app_label}.{each.name}": faults(list(each.operations)) for each in later_migrations()}
    assert {name: found for name, found in told.items() if found} == {}


def test_the_first_release_is_there() -> None:
    known = {(app, name[:4]) for app, name in MigrationLoader(None).disk_migrations}
    assert set(FIRST_RELEASE.items()) <= known


INDEX = models.Index(fields=["type"], name="activity_by_type")
CHECK = models.CheckConstraint(condition=~models.Q(type=""), name="activity_has_a_type")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("activity", INDEX),
        migrations.AddConstraint("author", CHECK),
        migrations.AlterField("activity", "type", models.CharField(max_length=65)),
        migrations.AddField("activity", "size", models.IntegerField(default=0)),
        migrations.RenameField("activity", "type", "kind"),
        migrations.RunSQL("CREATE INDEX activity_by_type ON activity (type)"),
        migrations.RunSQL("ALTER TABLE activity ALTER COLUMN type TYPE text"),
        migrations.RunSQL("ALTER TABLE activity ALTER type SET NOT NULL"),
        migrations.RunSQL("ALTER TABLE author ADD CONSTRAINT c CHECK (full_name <> '')"),
        migrations.RunSQL(["SELECT 1", "UPDATE activity SET type = 'x'"]),
        migrations.SeparateDatabaseAndState([migrations.AddIndex("activity", INDEX)]),
    ],
    ids=str,
)
def test_what_holds_up_the_service_is_found(operation: Operation) -> None:
    assert len(faults([operation])) == 1


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("activity", INDEX),
        AddConstraintNotValid("activity", CHECK),
        ValidateConstraint("activity", "activity_has_a_type"),
        migrations.AddIndex("erasure", INDEX),
        migrations.AddField("activity", "size", models.IntegerField(null=True)),
        migrations.AddField("activity", "size", models.IntegerField(db_default=0)),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY activity_by_type ON activity (type)"),
        migrations.RunSQL("ALTER TABLE activity ADD CONSTRAINT c CHECK (type <> '') NOT VALID"),
        migrations.RunSQL("ALTER TABLE activity SET (autovacuum_vacuum_threshold = 10000)"),
        migrations.RunSQL("CREATE INDEX erasure_by ON erasure (target_id); ANALYZE activity"),
    ],
    ids=str,
)
def test_what_goes_beside_the_service_is_let_through(operation: Operation) -> None:
    assert faults([operation]) == []
