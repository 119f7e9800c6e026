"""The reads of a client that is marked for it are written down before the answer goes out."""

from time import time
from typing import Any

import pytest
from django.db import connection

from activities.models import ApiClient, ReadRecord
from tests.acting import acting_as
from tests.activities.api.test_feed import settled
from tests.activities.api.test_other_issuers import COUNCIL, KEY, Accept
from tests.activities.api.test_other_issuers import accept as accept
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.connections import execute
from tests.processes import eventually
from tests.refusals import PATH, problem, said
from tests.stored import stored
from tests.tokens import signed

pytestmark = pytest.mark.django_db


def marked(*, is_marked: bool = True, **claims: Any) -> CheckedClient:
    ApiClient.objects.update_or_create(name="portal", defaults={"reads_are_recorded": is_marked})
    return CheckedClient(token(*ALL_SCOPES, client="portal", **claims))


def recorded() -> list[tuple[str, str, str | None, str, str]]:
    columns = ("target_id", "channel", "client__name", "reader", "role")
    return list(ReadRecord.objects.order_by("target_id", "id").values_list(*columns))


def by_portal(*target_ids: str, role: str = "staff") -> list[tuple[str, str, str | None, str, str]]:
    return [(target_id, "api", "portal", "portal", role) for target_id in target_ids]


def test_each_kind_of_read_names_the_targets_that_were_shown() -> None:
    api, id = marked(), stored(target_id="t-1")
    stored(target_id="t-2")
    for path, shown in [
        (f"{PATH}?targetId=t-1", ["t-1"]),
        (f"{PATH}?targetId=t-1&targetId=t-2&targetId=nobody", ["t-1", "t-2"]),
        (PATH, ["t-1", "t-2"]),
        (f"{PATH}?targetId=t-1&type=end", []),
        (f"{PATH}/{id}", ["t-1"]),
        (f"{PATH}/export?format=csv", ["t-1", "t-2"]),
        (f"{PATH}/export?format=ndjson&targetId=t-2", ["t-2"]),
        (f"{PATH}/export?format=csv&targetId=nobody", []),
        ("/api/v1/activityhistory?targetId=t-2", ["t-2"]),
        (f"{PATH}?targetId=nobody", []),
        (f"{PATH}/00000000-0000-0000-0000-000000000000", []),
    ]:
        with acting_as("owner"):
            ReadRecord.objects.all().delete()
        api.get(path)
        assert recorded() == by_portal(*shown), path


def test_a_client_that_is_not_marked_leaves_no_record() -> None:
    stored(target_id="t-1")
    assert marked(is_marked=False).about("t-1").status_code == 200
    assert recorded() == []


def test_a_residents_token_is_told_apart() -> None:
    stored(target_id="t-1", target_type="tenure", type="create")
    marked(audience="resident", target_ids=["t-1"]).about("t-1")
    assert recorded() == by_portal("t-1", role="resident")


@pytest.mark.parametrize(
    ("who", "reader"),
    [
        ({"email": "ruta@council.example", "sub": "u-1"}, "ruta@council.example"),
        ({"sub": "u-1"}, "u-1"),
        ({"sub": "x" * 300}, "x" * 255),
        ({}, "Council"),
        ({"sub": "\0"}, "Council"),
        ({"email": 7}, "Council"),
    ],
)
def test_another_issuers_token_says_who_the_person_is(accept: Accept, who: dict[str, Any], reader: str) -> None:
    accept(COUNCIL)
    ApiClient.objects.create(name="Council", reads_are_recorded=True)
    stored(target_id="t-1")
    bearer = signed({"iss": "Council", "exp": int(time()) + 60, "groups": ["officers"], **who}, KEY)
    assert CheckedClient(bearer).about("t-1").status_code == 200
    assert recorded() == [("t-1", "api", "Council", reader, "staff")]


@pytest.mark.parametrize(("is_marked", "names"), [(False, []), (True, ["record_reads"])])
def test_a_read_takes_one_statement_more_where_it_is_recorded(is_marked: bool, names: list[str]) -> None:
    api, id = marked(is_marked=is_marked), stored(target_id="t-1")
    api.about("t-1")
    for path, first in [(f"{PATH}?targetId=t-1", "activities_about_target"), (f"{PATH}/{id}", "activity_by_id")]:
        timing = api.get(path).headers["server-timing"]
        assert [part.split('"')[1] for part in timing.split(", ")] == [first, *names]


def test_what_cannot_be_recorded_is_not_shown(transactional_db: None, open_connection: Any) -> None:
    api = marked()
    id = stored(target_id="t-1")
    # Transactions of other tests, in other databases of the server, hold the feed back as well.
    assert eventually(settled, 60)
    assert api.get(f"{PATH}/feed").status_code == 200
    assert recorded() == by_portal("t-1")
    execute(connection, "SET lock_timeout = '50ms'")
    try:
        with acting_as("owner"):
            execute(open_connection(), "LOCK TABLE read_record IN ACCESS EXCLUSIVE MODE")
        for path in (PATH, f"{PATH}/{id}", "/api/v1/activityhistory", f"{PATH}/feed"):
            answer = api.get(path, params={"targetId": "t-1"} if path != f"{PATH}/{id}" else {})
            detail = "That this is read could not be recorded, so it is not shown: send the same request again."
            assert said(answer) == problem("unavailable", detail, instance=path)
            assert answer.headers["retry-after"] == "5"
    finally:
        connection.close()


def test_its_commit_does_not_wait_for_the_disk_and_those_behind_it_do(transactional_db: None) -> None:
    api = marked()
    stored(target_id="t-1")
    with acting_as("owner"):
        execute(
            connection,
            "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "NEW.role = current_setting('synchronous_commit'); RETURN NEW; END$$",
        )
        execute(connection, "CREATE TRIGGER looks BEFORE INSERT ON read_record FOR EACH ROW EXECUTE FUNCTION look()")
    try:
        execute(connection, "SET synchronous_commit = on")
        api.about("t-1")
        assert [row[-1] for row in recorded()] == ["off"]
        assert execute(connection, "SHOW synchronous_commit") == [("on",)]
    finally:
        with acting_as("owner"):
            execute(connection, "DROP FUNCTION look() CASCADE")
        connection.close()
