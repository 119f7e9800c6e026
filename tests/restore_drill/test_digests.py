"""The drill can fail: a digest tells of each change."""

from typing import Any

import pytest
from django.db import connection

from activities.models import ApiClient
from tests.acting import acting_as
from tests.restore_drill.digests import Digest, differing, digests, table_of

pytestmark = pytest.mark.django_db


def digested() -> dict[str, Digest]:
    connection.ensure_connection()
    server: Any = connection.connection
    with acting_as("owner"):
        return digests(server)


@pytest.mark.parametrize(
    "change",
    [
        lambda: ApiClient.objects.create(name="another"),
        lambda: ApiClient.objects.filter(name="one").update(requests_per_minute=7),
        lambda: ApiClient.objects.filter(name="one").delete(),
    ],
    ids=["a row more", "a changed one", "one less"],
)
def test_each_change_of_a_row_changes_the_digest_of_its_table(change: Any) -> None:
    ApiClient.objects.create(name="one")
    before = digested()
    assert differing(before, digested()) == []
    with acting_as("owner"):
        change()
    assert differing(before, digested()) == ["api_client"]


def test_a_table_that_is_missing_differs() -> None:
    assert differing({"activity": Digest(0, "0")}, {}) == ["activity"]
    assert "differs" in table_of({"activity": Digest(1, "5")}, {"activity": Digest(1, "6")})[1]
