"""The ORM's statements bear their names where the database counts them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.models import ApiClient
from activities.tagging import tagged

pytestmark = pytest.mark.django_db


@pytest.fixture
def queries() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


def test_the_name_stands_behind_the_first_keyword(queries: CaptureQueriesContext) -> None:
    clients = ApiClient.objects.filter(name="x SELECT y").values_list("id")
    with queries:
        with tagged("some_name"):
            list(clients.all())
            list(clients.union(clients, all=True).order_by("id")[:2])
            ApiClient.objects.create(name="z")
        list(clients)
    [one, both, made, without] = [query["sql"] for query in queries]
    assert one.startswith('SELECT /* some_name */ "api_client"."id"')
    assert both.startswith("(SELECT /* some_name */ ")
    assert made.startswith('INSERT /* some_name */ INTO "api_client"')
    assert [sql.count("some_name") for sql in (one, both, made, without)] == [1, 1, 1, 0]
