"""The wording in the database, where the views for analysts find it: labels, and what analysts see of each kind."""

from collections.abc import Iterator
from typing import Any

from django.db import connections, models, transaction

from activities.wording import FILE, WORDING
from activities.wording.file import WordingShape, read_shape
from activity_history.reporting.tables import ReportingKind, ReportingLabel

_LONGEST_LABEL = 255


def write_after_migration(using: str, **signal: Any) -> None:
    """Django's signal `post_migrate`, which is sent also when migrations were undone and the tables have gone."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('reporting_kind') IS NOT NULL")
        [there] = cursor.fetchone()
    if there:
        write(using=using)


def write(*, using: str = "default") -> None:
    """Brings both tables to what the wording says; analysts see either what was there before or what is then."""
    with transaction.atomic(using=using):
        _replace(ReportingLabel.objects.using(using), list(_labels(read_shape(FILE.read_text(encoding="utf-8")))))
        _replace(ReportingKind.objects.using(using), list(_kinds()))


def _replace(rows: "models.QuerySet[Any]", wanted: list[models.Model]) -> None:
    names = [field.name for field in rows.model._meta.fields if not field.primary_key]
    stored = rows.values_list(*names)
    if set(stored) != {tuple(getattr(row, name) for name in names) for row in wanted}:
        rows.delete()
        rows.bulk_create(wanted)


def _labels(shape: WordingShape) -> Iterator[ReportingLabel]:
    sort = ReportingLabel.Sort
    words: dict[str, dict[str, str]] = {
        sort.FIELD: {name: field.label for name, field in shape.fields.items()},
        sort.TARGET_TYPE: {name: target.label for name, target in shape.targets.items()},
        sort.TYPE: {name: type.label for name, type in shape.types.items()},
        sort.DOMAIN: shape.domains,
        sort.TRANSACTION_TYPE: shape.codes.get("transactionType", {}),
        sort.ACRONYM: {name: name for name in shape.acronyms},
    }
    for each, labels in words.items():
        for name, label in labels.items():
            yield ReportingLabel(sort=str(each), name=name, label=label[:_LONGEST_LABEL])


def _kinds() -> Iterator[ReportingKind]:
    """Types are an open vocabulary, so what is sensitive is so by its target type, whatever is done to it.

    That something sensitive was done is shown all the same, as it is to staff who may not see its data.
    """
    for (target_type, type), kind in WORDING.kinds.items():
        data, is_sensitive = "analyst" in kind.audiences, target_type in WORDING.sensitive_targets
        yield ReportingKind(target_type=target_type, type=type, activity_shown=data or is_sensitive, data_shown=data)
    for target_type in sorted(WORDING.sensitive_targets):
        yield ReportingKind(target_type=target_type, type="", activity_shown=True, data_shown=False)
    yield ReportingKind(target_type="", type="", activity_shown=True, data_shown=True)
