from datetime import UTC, datetime

import pytest
from django.db import connection

from activities.models import ApiClient, Author
from benchmarks.databases import SQL
from benchmarks.dataset import AUTHORS, Dataset
from tests.acting import acting_as

SOME = Dataset(rows=880, deep_every=11)


@pytest.fixture
def seeded(db: None) -> None:
    client = ApiClient.objects.create(name="seeded")
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute((SQL / "authors.sql").read_text(), {"authors": AUTHORS})
        first = Author.objects.order_by("id").values_list("id", flat=True)[0]
        # By way of numbers that none has: each row's key is checked as it changes, in any order.
        cursor.execute("UPDATE author SET id = -id")
        cursor.execute("UPDATE author SET id = -id - %s", [first - 1])
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
