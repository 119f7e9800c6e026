"""What an analyst gets by ODBC of each view: whole, exact, and of the type that the dictionary names."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from activities.new_activities import AuthorSnapshot
from activity_history.reporting import dictionary
from tests.activity_history.reporting.reading import await_served
from tests.activity_history.reporting.test_shape import VIEWS
from tests.odbc.conftest import Ask
from tests.odbc.connecting import require_driver
from tests.stored import new_activity, store, stored

if TYPE_CHECKING:
    import pyodbc

NOT_ASCII = "Zoë Łukasz Ōkafor £12.50 € 東京 😀"


def arrives_as(type: str) -> tuple[Any, ...]:
    """What ODBC says of a column: the type in Python, its length or digits, and those behind the point."""
    found = re.fullmatch(r"(\w+)(?:\((\d+)(?:,(\d+))?\))?", type)
    assert found is not None
    name, length, places = found[1], int(found[2] or 0), int(found[3] or 0)
    return {
        "varchar": (str, length, 0),
        "numeric": (Decimal, length, places),
        "smallint": (int, 5, 0),
        "integer": (int, 10, 0),
        "bigint": (int, 19, 0),
        "timestamp": (datetime, 19, 0),
        "date": (date, 10, 0),
    }[name]


def test_each_column_of_a_view_arrives_as_what_the_dictionary_says(analyst: "pyodbc.Connection") -> None:
    stored(target_type="transaction", new_data=b'{"paidAmount": 12.5}')
    await_served()
    rows = {}
    for view in dictionary.read():
        cursor = analyst.execute(f"TABLE reporting.{view.name}")
        got = {column[0]: (column[1], column[4], column[5]) for column in cursor.description}
        assert got == {column.name: arrives_as(column.type) for column in view.columns}
        rows[view.name] = len(cursor.fetchall())
    # Its data changed from a surname to an amount; nothing was erased, nor counted yet.
    assert rows == dict.fromkeys(VIEWS, 1) | {"activity_change": 2, "daily_activity": 0, "erasure": 0}


def test_four_thousand_characters_arrive_whole_and_more_are_cut_with_a_mark(ask: Ask) -> None:
    whole, longer = "£" * 3991, "😀" * 4001
    stored(old_data=f'{{"a": "{whole}"}}'.encode(), new_data=f'{{"a": "{longer}"}}'.encode())
    await_served()
    assert ask("SELECT old_data, new_data, data_is_cut FROM activity") == [
        (f'{{"a": "{whole}"}}', f'{{"a": "{"😀" * 3986}… [cut]', 1)
    ]
    assert ask("SELECT value_before, value_after, value_is_cut FROM activity_change") == [
        (whole, f"{'😀' * 3993}… [cut]", 1)
    ]


def test_what_is_not_ascii_arrives_as_it_was_and_null_as_null(ask: Ask) -> None:
    new = f'{{"note": "{NOT_ASCII}", "line": "a\\n\\"b\\""}}'.encode()
    stored(target_id=NOT_ASCII, old_data=None, new_data=new, author=AuthorSnapshot(None, NOT_ASCII, None))
    await_served()
    assert ask("SELECT target_id, author_name, old_data, correlation_id FROM activity") == [
        (NOT_ASCII, NOT_ASCII, None, None)
    ]
    assert ask("SELECT field, value_before, value_after, number_after FROM activity_change ORDER BY field") == [
        ("line", None, 'a\n"b"', None),
        ("note", None, NOT_ASCII, None),
    ]
    assert ask(
        "SELECT author_id, full_name, email FROM author WHERE full_name LIKE 'Zoë Łukasz% £12.50 € 東京 😀'"
    ) == [(None, NOT_ASCII, None)]


def test_moments_by_both_clocks_where_clocks_change(ask: Ask) -> None:
    moments = [
        (datetime(2026, 3, 29, 0, 59, 59), datetime(2026, 3, 29, 0, 59, 59)),
        (datetime(2026, 3, 29, 1, 0, 0), datetime(2026, 3, 29, 2, 0, 0)),
        (datetime(2026, 6, 30, 23, 30, 0), datetime(2026, 7, 1, 0, 30, 0)),
        (datetime(2026, 10, 25, 0, 30, 0), datetime(2026, 10, 25, 1, 30, 0)),
        (datetime(2026, 10, 25, 1, 30, 0), datetime(2026, 10, 25, 1, 30, 0)),
    ]
    last_moments = [utc.replace(tzinfo=UTC, microsecond=999_999) for utc, _ in moments]
    store(new_activity(occurred_at=moment, expires_at=None) for moment in last_moments)
    await_served()
    columns = "occurred_utc, occurred_london, occurred_date, occurred_hour, expires_utc"
    assert ask(f"SELECT {columns} FROM activity ORDER BY occurred_utc") == [  # noqa: S608
        (utc, london, london.date(), london.hour, None) for utc, london in moments
    ]


def test_amounts_and_numbers_are_exact(ask: Ask) -> None:
    amounts = b'{"paidAmount": 9999999999.99, "chargedAmount": -0.01, "balanceAmount": 0.1, "estimated": "12.50"}'
    stored(target_type="transaction", old_data=None, new_data=amounts)
    stored(target_id="t-1", old_data=b'{"n": 9007199254740993}', new_data=b'{"n": 9007199254740993.123456}')
    await_served()
    assert ask("SELECT paid_amount, charged_amount, balance_amount, estimated_amount FROM finance_transaction") == [
        (Decimal("9999999999.99"), Decimal("-0.01"), Decimal("0.10"), Decimal("12.50"))
    ]
    assert ask("SELECT number_before, number_after FROM activity_change WHERE target_id = 't-1'") == [
        (Decimal("9007199254740993.000000"), Decimal("9007199254740993.123456"))
    ]


def test_what_analysts_make_themselves_arrives_as_the_settings_say(analyst: "pyodbc.Connection") -> None:
    cursor = analyst.execute("SELECT 1 > 0 AS is_more, repeat('£', 20000) AS long, string_agg('x', '') AS few")
    assert [(name, type, size) for name, type, _, _, size, _, _ in cursor.description] == [
        ("is_more", bool, 1),
        ("long", str, 32000),
        ("few", str, 32000),
    ]
    assert tuple(cursor.fetchone()) == (True, "£" * 20000, "x")


def test_rows_that_take_several_fetches_come_once_each(ask: Ask) -> None:
    activities = [new_activity() for _ in range(10_001)]
    store(activities)
    await_served()
    got = ask("SELECT activity_id FROM activity")
    assert sorted(got) == sorted((str(activity.id),) for activity in activities)


def test_what_is_refused_or_cut_off_says_why(analyst: "pyodbc.Connection") -> None:
    import pyodbc

    with pytest.raises(pyodbc.Error, match="permission denied for table activity"):
        analyst.execute("SELECT * FROM public.activity")
    analyst.execute("SET statement_timeout = '20ms'")
    with pytest.raises(pyodbc.Error, match="canceling statement due to statement timeout"):
        analyst.execute("SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b").fetchall()


def test_where_the_driver_is_missing_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    require_driver()
    monkeypatch.setattr("tests.odbc.connecting.DRIVER", "None of that name")
    monkeypatch.setenv("REQUIRE_ODBC", "1")
    with pytest.raises(pytest.fail.Exception, match="apt install odbc-postgresql unixodbc"):
        require_driver()
    monkeypatch.delenv("REQUIRE_ODBC")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install odbc-postgresql unixodbc"):
        require_driver()
