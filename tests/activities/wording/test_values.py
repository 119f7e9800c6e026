from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from activities.wording.names import listed, made_label, within_a_sentence
from activities.wording.values import FORMATS, LONGEST_IN_A_SENTENCE, is_no_value

NINES = "9" * 100


def said(format: str, *values: Any) -> list[str | None]:
    return [FORMATS[format](value) for value in values]


def test_money_has_pounds_thousands_and_two_decimals() -> None:
    assert said("money", 0, 150, Decimal("128.44"), Decimal("214.1"), 1234567, Decimal("0.1")) == [
        "£0.00",
        "£150.00",
        "£128.44",
        "£214.10",
        "£1,234,567.00",
        "£0.10",
    ]


def test_money_below_nothing_has_a_minus_before_the_pounds() -> None:
    assert said("money", -5, Decimal("-1234.5"), Decimal("-0.004"), Decimal("-0")) == [
        "−£5.00",
        "−£1,234.50",
        "£0.00",
        "£0.00",
    ]


def test_parts_of_a_penny_are_rounded_without_a_float_in_between() -> None:
    values = [Decimal(each) for each in ("1.005", "2.675", "-2.675", "96.33999999999999", "0.0049999999999999999")]
    assert said("money", *values) == ["£1.01", "£2.68", "−£2.68", "£96.34", "£0.00"]


def test_money_is_exact_however_long_it_is() -> None:
    whole = ",".join(["9", *["999"] * 33])
    assert said("money", int(NINES), -int(NINES), Decimal(f"{NINES}.25")) == [
        f"£{whole}.00",
        f"−£{whole}.00",
        f"£{whole}.25",
    ]


def test_an_amount_may_be_a_text() -> None:
    assert said("money", "12.50", "-3", "1234.5") == ["£12.50", "−£3.00", "£1,234.50"]


@pytest.mark.parametrize("format", ["money", "debit", "credit", "size", "balance", "number"])
def test_what_is_no_number_is_no_amount(format: str) -> None:
    nothing: list[Any] = [
        None,
        True,
        "",
        "abc",
        "1e5",
        "NaN",
        "Infinity",
        "£5",
        "1,000",
        "１２",
        [],
        {},
        [5],
        "9" * 101,
    ]
    assert said(format, *nothing) == [None] * len(nothing)


def test_debit_credit_and_size_are_of_one_sign_and_say_none() -> None:
    values = (Decimal("12.5"), Decimal("-12.5"), 0, Decimal("0.001"))
    assert said("debit", *values) == ["£12.50", None, None, None]
    assert said("credit", *values) == [None, "£12.50", None, None]
    assert said("size", *values) == ["£12.50", "£12.50", None, None]


def test_a_balance_says_who_owes() -> None:
    assert said("balance", Decimal("64.24"), Decimal("-30"), 0) == ["£64.24 owed", "£30.00 in credit", "£0.00"]


def test_numbers_keep_every_digit_and_references_have_no_commas() -> None:
    assert said("number", 36, 1234567, Decimal("12345678901234567.890"), "7") == [
        "36",
        "1,234,567",
        "12,345,678,901,234,567.890",
        "7",
    ]
    assert said("reference", 10446182, "MW-0417", True, Decimal("1.5"), None) == [
        "10446182",
        "MW-0417",
        None,
        None,
        None,
    ]


def test_a_date_is_that_of_london() -> None:
    assert said(
        "date", "2026-06-04", "2026-06-04T00:00:00Z", "2026-06-03T23:30:00Z", "2026-01-03T23:30:00Z", "2026-06-04T09:00"
    ) == ["4 June 2026", "4 June 2026", "4 June 2026", "3 January 2026", None]


def test_a_moment_has_its_time_of_day_in_summer_and_winter() -> None:
    assert said(
        "moment",
        "2026-06-04T08:32:10.1234567Z",
        "2026-01-04T09:32:10Z",
        "2026-06-04T09:32:00+01:00",
        "2026-06-04 08:32:00",
        "2026-06-04T11:00:00Z",
        "2026-01-04T00:05:00Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:01Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
    ) == [
        "4 June 2026 at 9:32am",
        "4 January 2026 at 9:32am",
        "4 June 2026 at 9:32am",
        "4 June 2026 at 9:32am",
        "4 June 2026 at 12pm",
        "4 January 2026 at 12:05am",
        "29 March 2026 at 12:59am",
        "29 March 2026 at 2am",
        "25 October 2026 at 1:30am",
        "25 October 2026 at 1:30am",
    ]


def test_a_midnight_is_no_time_of_day() -> None:
    midnights = ["", "T00:00:00", "T00:00:00Z", "T00:00:00.000Z", "T00:00:00.0000000Z", "T00:00:00+01:00", " 00:00:00"]
    assert said("moment", *(f"2026-06-04{each}" for each in midnights)) == ["4 June 2026"] * len(midnights)
    assert said("moment", "2026-06-03T23:00:00Z") == ["4 June 2026"]


@pytest.mark.parametrize("format", ["date", "moment"])
def test_what_is_no_date_is_not_said(format: str) -> None:
    nothing = ["0001-01-01T00:00:00", "0001-01-01T00:00:01Z", "2026-13-01", "2026-02-30T10:00:00Z", "4 June", ""]
    nothing += ["2026-06-04T25:00:00Z", "20260604", "9999-12-31T23:59:59-10:00"]
    assert said(format, *nothing, 20260604, None, True, []) == [None] * (len(nothing) + 4)


def test_the_last_day_of_time_is_a_date() -> None:
    assert said("moment", "9999-12-31T23:59:59.9999999Z") == ["31 December 9999 at 11:59pm"]


def test_a_text_is_one_line_without_invisible_characters_and_never_cut() -> None:
    long = "x" * LONGEST_IN_A_SENTENCE
    assert said("text", "  two\n lines\t", "a\x01b\u202ec", "می\u200cخواهم", long, f"{long}x") == [
        "two lines",
        "abc",
        "می\u200cخواهم",
        long,
        None,
    ]


def test_a_text_that_says_there_is_nothing_is_not_said() -> None:
    assert said("text", "", "  ", "null", "None", "NULL", "undefined", "NaN", "n/a", 5, None, [], {}) == [None] * 12


def test_no_value_and_no_date_are_known_by_one_rule_and_a_telephone_number_is_neither() -> None:
    assert all(map(is_no_value, [None, "", " NULL ", "n/a", "0001-01-01", "0001-01-01T00:00:00", "0000-00-00 00:00"]))
    assert not any(map(is_no_value, [0, False, [], "No", "0207-94-6000", "0207-11-2233", "1979-06-09"]))


def test_lists_are_said_when_all_in_them_is() -> None:
    assert said("list", ["Tenant"], ["Tenant", "Carer", "Child"], [], ["Tenant", None], "Tenant", [1]) == [
        "Tenant",
        "Tenant, Carer and Child",
        None,
        None,
        None,
        None,
    ]


def test_yes_no_and_years() -> None:
    assert said("yes_no", True, False, "true", 1, None) == ["Yes", "No", None, None, None]
    assert said("financial_year", 2025, "2025", True, 25, Decimal("2025.5"), 10**99) == [
        "2025 to 2026",
        "2025 to 2026",
        None,
        None,
        None,
        None,
    ]


def test_labels_are_made_from_names() -> None:
    acronyms = {"UPRN", "ID", "URL", "VAT"}
    names = ["tenureActivity", "householdMembers", "BasicRentNoVAT", "uprn", "targetId", "boiler-check", "line1"]
    names += ["middle name", "SCBalancingCharge", "HTTPServer", "snake_case.word", "", "_-_", "éCole", "A"]
    assert [made_label(name, acronyms) for name in names] == [
        "Tenure activity",
        "Household members",
        "Basic rent no VAT",
        "UPRN",
        "Target ID",
        "Boiler check",
        "Line 1",
        "Middle name",
        "SC balancing charge",
        "HTTP server",
        "Snake case word",
        "Unnamed",
        "Unnamed",
        "École",
        "A",
    ]


def test_a_label_within_a_sentence_begins_small_unless_it_is_an_acronym() -> None:
    assert [within_a_sentence(each) for each in ("Line 1", "UPRN", "ID card", "")] == ["line 1", "UPRN", "ID card", ""]
    assert [listed(each) for each in ([], ["a"], ["a", "b"])] == ["", "a", "a and b"]
