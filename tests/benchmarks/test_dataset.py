from datetime import UTC, datetime

import pytest
from django.db import connection

from activities.models import Activity, ApiClient, Author
from benchmarks.databases import SQL
from benchmarks.dataset import AUTHORS, DEEP_TARGET, Dataset, target_id

SOME = Dataset(rows=880, deep_every=11)


@pytest.fixture
def seeded(db: None) -> None:
    client = ApiClient.objects.create(name="seeded")
    with connection.cursor() as cursor:
        cursor.execute((SQL / "authors.sql").read_text(), {"authors": AUTHORS})
        first = Author.objects.order_by("id").values_list("id", flat=True)[0]
        cursor.execute("UPDATE author SET id = id - %s", [first - 1])
        cursor.execute(
            (SQL / "seed.sql").read_text(),
            {
                "rows": SOME.rows,
                "deep_every": SOME.deep_every,
                "families": SOME.families,
                "authors": AUTHORS,
                "client_id": client.id,
                "ends": datetime.now(UTC),
            },
        )


@pytest.mark.usefixtures("seeded")
def test_rows_and_targets_are_called_as_the_load_computes_them() -> None:
    ids = set(SOME.some_ids(500))

    assert Activity.objects.count() == 880
    assert set(Activity.objects.filter(id__in=ids).values_list("id", flat=True)) == ids


@pytest.mark.usefixtures("seeded")
def test_targets_have_ten_rows_on_average_and_one_has_many() -> None:
    counts = [Activity.objects.filter(target_id=target_id(number)).count() for number in range(SOME.targets)]

    assert counts == [25, 5, 5, 5] * SOME.families
    assert Activity.objects.filter(target_id=target_id(DEEP_TARGET)).count() == 80
    assert set(SOME.some_busy_targets(5)) <= {target_id(4 * family) for family in range(SOME.families)}
