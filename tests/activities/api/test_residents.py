"""What a resident's token reads: its targets, the kinds that the wording marks, and of their data what it lists."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.access import READ, SEARCH, SHARE, WRITE
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said
from tests.shapes import activity
from tests.stored import let_expire, new_activity, store, stored

CONSUMERS = "/api/v1/activityHistory"
PAYMENT: dict[str, Any] = {
    "type": "create",
    "target_type": "transaction",
    "target_id": "t-1",
    "source_domain": "Finance",
    "old_data": None,
    "new_data": b'{"transactionType": "DirectDebit", "paidAmount": 120.50, "balanceAmount": 1.10, "internal": "x"}',
}
ALERT = {"type": "create", "target_type": "cautionaryAlert", "target_id": "t-1"}
UNKNOWN = {"type": "create", "target_type": "boiler", "target_id": "t-1"}
SEEN = {"transactionType": "DirectDebit", "paidAmount": 120.50, "balanceAmount": 1.10}


@pytest.fixture
def resident(db: None) -> CheckedClient:
    return CheckedClient(token(READ, SEARCH, target_ids=["t-1", "t-2"], audience="resident"))


def test_one_is_given_with_the_listed_fields_alone_and_without_its_author(resident: CheckedClient) -> None:
    id = stored(**PAYMENT)
    record = resident.get(f"/api/v1/activities/{id}").json()
    assert record == {
        **record,
        "id": str(id),
        "type": "create",
        "targetType": "transaction",
        "targetId": "t-1",
        "oldData": None,
        "newData": SEEN,
        "author": {"id": None, "fullName": None, "email": None},
        "changes": [{"path": f"/{name}", "old": None, "new": SEEN[name]} for name in sorted(SEEN)],
        "summary": "You paid £120.50 by Direct Debit",
    }
    assert " ".join(record) == (
        "id type targetType targetId sourceDomain datetime timeToLive oldData newData author correlationId "
        "recordedAt expiresAt changes summary"
    )


def test_kinds_that_are_not_for_residents_are_hidden_from_every_way_of_reading(resident: CheckedClient) -> None:
    shown = stored(**PAYMENT)
    hidden = [stored(**ALERT), stored(**UNKNOWN), stored(**{**PAYMENT, "type": "frobnicate"})]
    assert [resident.get(f"/api/v1/activities/{id}").status_code for id in [shown, *hidden]] == [200, 404, 404, 404]
    for answer in (
        resident.about("t-1"),
        resident.about("t-1", "t-2"),
        resident.about("t-1", pageSize=1),
        resident.about("t-1", sourceDomain=["Finance", "Person"]),
        resident.get("/api/v1/activities"),
        resident.get(CONSUMERS, params={"targetId": "t-1"}),
    ):
        assert [UUID(record["id"]) for record in answer.json()["results"]] == [shown]
    assert resident.about("t-1", targetType="cautionaryAlert").json()["results"] == []


def test_a_target_with_hidden_kinds_alone_has_no_history(resident: CheckedClient) -> None:
    stored(**{**ALERT, "target_id": "t-2"})
    assert resident.about("t-2").status_code == 404
    assert resident.about("t-2", type="create").status_code == 404
    assert resident.get(CONSUMERS, params={"targetId": "t-2"}).status_code == 404


def test_lists_and_the_consumers_path_cut_the_data_and_the_author_as_well(resident: CheckedClient) -> None:
    stored(**PAYMENT)
    [listed] = resident.about("t-1").json()["results"]
    assert (listed["newData"], listed["author"]["fullName"]) == (SEEN, None)
    assert not {"changes", "summary"} & set(listed)
    [consumed] = resident.get(CONSUMERS, params={"targetId": "t-1"}).json()["results"]
    assert (consumed["newData"], consumed["authorDetails"]) == (SEEN, {"id": None, "fullName": None, "email": None})
    [full] = resident.about("t-1", include=["changes", "summary"]).json()["results"]
    assert full["summary"] == "You paid £120.50 by Direct Debit"
    assert [change["path"] for change in full["changes"]] == ["/balanceAmount", "/paidAmount", "/transactionType"]


def test_numbers_keep_every_digit(resident: CheckedClient) -> None:
    id = stored(**{**PAYMENT, "new_data": b'{"balanceAmount": 12345678901234567.890}'})
    assert b'"newData":{"balanceAmount":12345678901234567.890}' in resident.get(f"/api/v1/activities/{id}").content


def test_pages_stay_whole_where_most_rows_are_hidden(resident: CheckedClient) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    rows = [new_activity(**{**(PAYMENT if n % 5 == 0 else ALERT), "occurred_at": moment}) for n in range(40)]
    store(rows)
    expected = sorted((row.id for row in rows if row.target_type == "transaction"), reverse=True)
    for page_size in (1, 2, 3):
        assert [UUID(record["id"]) for record in resident.walk("t-1", pageSize=page_size)] == expected


def test_another_target_and_an_expired_record_are_not_there(resident: CheckedClient) -> None:
    other, expired = stored(**{**PAYMENT, "target_id": "t-9"}), stored(**PAYMENT)
    let_expire(expired)
    assert [resident.get(f"/api/v1/activities/{id}").status_code for id in (other, expired)] == [404, 404]
    assert [resident.about(target).status_code for target in ("t-9", "t-1")] == [404, 404]


def test_residents_do_not_learn_who_did_it_by_asking_for_the_author(resident: CheckedClient) -> None:
    stored(**PAYMENT)
    assert said(resident.about("t-1", authorId="a-1")) == problem(
        "not-for-residents", "Residents are not told who did it: leave authorId out."
    )


def test_residents_do_not_write(db: None) -> None:
    writer = CheckedClient(token(WRITE, READ, SHARE, target_ids=["t-1"], audience="resident"))
    assert said(writer.record(activity(targetId="t-1"))) == problem(
        "not-for-residents", "A resident's token can only read: use a staff token."
    )


def test_staff_read_the_same_record_whole_and_in_their_own_words(api: CheckedClient) -> None:
    id = stored(**PAYMENT)
    record = api.get(f"/api/v1/activities/{id}").json()
    assert (record["newData"], record["summary"]) == (
        {**SEEN, "internal": "x"},
        "Payment of £120.50 by Direct Debit",
    )
    [listed] = api.about("t-1", include="summary").json()["results"]
    assert listed == {name: value for name, value in record.items() if name != "changes"}


def test_the_summary_of_a_sensitive_kind_tells_nothing_of_its_data(api: CheckedClient) -> None:
    id = stored(**ALERT, new_data=b'{"description": "Secretword", "code": "VA"}')
    assert "Secretword" not in api.get(f"/api/v1/activities/{id}").json()["summary"]
