"""The load script of docs/qlik.md: a copy that is loaded once and then on holds what the views hold."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from activities import erasure
from activities.models import Activity, Author
from activities.new_activities import AuthorSnapshot
from tests.activities.keeping_rows import carry_out
from tests.activity_history.reporting.reading import await_served
from tests.odbc.conftest import Ask
from tests.odbc.copied_by_qlik import CONDITIONS, QlikCopy
from tests.qlik_guide import LOAD_SCRIPT, REFRESHED, WHOLE, asked, expanded
from tests.stored import let_expire, new_activity, store

if TYPE_CHECKING:
    import pyodbc

PAYMENT = b'{"transactionType": "Payment", "paidAmount": 12.5, "balanceAmount": -3}'


@pytest.fixture
def copy(ask: Ask) -> QlikCopy:
    return QlikCopy(ask)


def pay(*targets: str, author: str = "Dawit Haile", **members: Any) -> list[UUID]:
    """Ids of payments, one for each of the targets."""
    usual = {"target_type": "transaction", "old_data": None, "new_data": PAYMENT}
    snapshot = AuthorSnapshot(author, author, None)
    made = [new_activity(target_id=target, author=snapshot, **usual | members) for target in targets]
    store(made)
    await_served()
    return [activity.id for activity in made]


def expire(copy: QlikCopy, *ids: UUID) -> None:
    """A moment ago, which the copy knows since it has them."""
    let_expire(*ids)
    for view, _ in REFRESHED:
        for row in copy.files[view]:
            if row["activity_id"] in map(str, ids):
                row["expires_utc"] = datetime.now(UTC).replace(tzinfo=None)


def erase(target: str) -> None:
    now = datetime.now(UTC)
    carry_out(erasure.ask_for_target(target, reason="Request", by="officer", now=now), now=now)
    await_served()


def reloaded(copy: QlikCopy, ask: Ask) -> QlikCopy:
    """Loaded once more, and then the same as each view, row for row."""
    copy.reload()
    for view, columns in REFRESHED:
        rows = [tuple(row.values()) for row in copy.files[view]]
        shown = ask(f"SELECT {columns} FROM reporting.{view}")  # noqa: S608
        assert sorted(rows, key=repr) == sorted(shown, key=repr), view
    for view in set(WHOLE) - {"freshness"}:
        rows = [row["row"] for row in copy.files[view]]
        assert sorted(rows, key=repr) == sorted(ask(f"TABLE reporting.{view}"), key=repr), view
    return copy


def test_a_copy_that_is_loaded_on_holds_what_the_views_hold(copy: QlikCopy, ask: Ask) -> None:
    kept, expiring, erased, both = pay("t-kept", "t-expiring", "t-erased", "t-erased")
    pay("t-forever", expires_at=None)
    reloaded(copy, ask)
    assert {view: len(rows) for view, rows in copy.files.items() if view != "freshness"} == {
        "activity": 5,
        "activity_change": 15,
        "finance_transaction": 5,
        "author": 1,
        "daily_activity": 0,
    }
    expire(copy, expiring, both)
    erase("t-erased")
    [late] = pay("t-erased", author="Zoë Łukasz")
    pay("t-new")
    reloaded(copy, ask)
    rows = {row["activity_id"]: row["is_erased"] for row in copy.files["activity"]}
    assert (rows[str(kept)], rows[str(erased)], rows[str(late)], len(rows)) == (0, 1, 0, 5)
    # What was paid, and to which record, is not to be found in the copy of what was erased.
    amounts = {row["activity_id"]: row["paid_amount"] for row in copy.files["finance_transaction"]}
    assert amounts[str(erased)] is None
    assert str(erased) not in {row["activity_id"] for row in copy.files["activity_change"]}
    # With nothing new, too.
    reloaded(copy, ask)


def test_a_name_that_was_erased_is_gone_with_the_next_load(copy: QlikCopy, ask: Ask) -> None:
    pay("t-1", author="Zoë Łukasz")
    assert "Zoë Łukasz" in repr(reloaded(copy, ask).files)
    rows = list(Author.objects.values_list("id", flat=True))
    now = datetime.now(UTC)
    carry_out(erasure.ask_for_author(rows, reason="Request", by="officer", now=now), now=now)
    await_served()
    assert "Zoë Łukasz" not in repr(reloaded(copy, ask).files)


def test_the_script_loads_anew_when_numbers_have_gone_back(copy: QlikCopy, ask: Ask) -> None:
    pay("t-1", "t-2")
    reloaded(copy, ask)
    # As after a backup was restored: what the copy has is numbered ahead of all, and some of it is not there.
    Activity.objects.filter(target_id="t-2").delete()
    for view, _ in REFRESHED:
        for row in copy.files[view]:
            row["stored_by"] += 10**9
    reloaded(copy, ask)
    assert [row["target_id"] for row in copy.files["activity"]] == ["t-1"]


def test_what_was_erased_is_looked_up_by_the_index(analyst: "pyodbc.Connection") -> None:
    analyst.execute("SET enable_seqscan = off")
    for view, columns in REFRESHED:
        [again] = [sql for sql in asked("$(view)") if "erasure" in sql]
        plan = analyst.execute(f"EXPLAIN {expanded(again, view=view, columns=columns, since=9)}").fetchall()
        assert any("Index Cond" in line and "= (erasure.target_id)" in line for (line,) in plan), plan


def test_what_the_script_does_itself_is_what_this_test_does_in_its_place() -> None:
    assert CONDITIONS in f"\n{LOAD_SCRIPT}"
    for _, columns in REFRESHED:
        assert {"activity_id", "target_id", "expires_utc", "stored_by"} <= set(columns.split(", "))
    assert [view for view, _ in REFRESHED] + WHOLE == [
        *("activity", "activity_change", "finance_transaction"),
        *("author", "daily_activity", "freshness"),
    ]
