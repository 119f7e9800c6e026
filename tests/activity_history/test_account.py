"""What was charged and paid by month, exactly, from whatever senders have written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from activity_history.account import MOST_TRANSACTIONS, Account, Month, read_account
from tests.activity_history.resident_links import NOON, TENURE, made_link, told, transaction
from tests.stored import new_activity, store

NOW = NOON + timedelta(hours=1)


def account(*target_ids: str, domains: Any = None) -> Account | None:
    return read_account(made_link(*target_ids, domains=domains), now=datetime.now(UTC))


def month(first: str, charged: str = "0", paid: str = "0", benefit: str = "0", balance: str | None = None) -> Month:
    known = Decimal(balance) if balance else None
    return Month(date.fromisoformat(f"{first}-01"), Decimal(charged), Decimal(paid), Decimal(benefit), known)


def test_amounts_are_summed_by_month_with_the_balance_at_its_end(db: None) -> None:
    transaction("BasicRentNoVAT", days_ago=40, chargedAmount=128.44, balanceAmount=128.44)
    transaction("BasicRentNoVAT", days_ago=2, chargedAmount=128.44, paidAmount=0, balanceAmount=256.88)
    transaction("HousingBenefit", days_ago=1, housingBenefitAmount=96.2, balanceAmount=160.68)
    transaction("DirectDebit", paidAmount=200, chargedAmount=0, balanceAmount=-39.32)
    assert account() == Account(
        [
            month("2026-04", charged="128.44", balance="128.44"),
            month("2026-06", charged="128.44", paid="200", benefit="96.2", balance="-39.32"),
        ],
        Decimal("-39.32"),
        1,
        False,
    )


def test_no_digit_is_lost(db: None) -> None:
    big = "12345678901234567890123.01"
    told("transaction/create", f'{{"chargedAmount": {big}, "balanceAmount": 0.1}}')
    told("transaction/create", '{"chargedAmount": 0.02, "balanceAmount": 0.1}', occurred_at=NOON - timedelta(hours=1))
    assert account() == Account(
        [month("2026-06", charged="12345678901234567890123.03", balance="0.1")], Decimal("0.1"), 1, False
    )


@pytest.mark.parametrize(
    "amount", ['"12,50"', '"£5"', '"NaN"', "true", "null", "[1]", '{"amount": 1}', '""', '"1e5"', f'"{"9" * 101}"']
)
def test_amount_that_is_none_is_passed_over(db: None, amount: str) -> None:
    told("transaction/create", f'{{"chargedAmount": {amount}, "paidAmount": "10.50", "balanceAmount": {amount}}}')
    assert account() == Account([month("2026-06", paid="10.50")], None, 0, False)


def test_nothing_is_told_where_there_is_no_amount(db: None) -> None:
    told("transaction/create")
    told("transaction/create", '{"erased": true}')
    told("charge/create", {"chargedAmount": 5})
    told("transaction/update", {"chargedAmount": 5})
    transaction("DirectDebit", paidAmount=5, target_id="another")
    assert account() is None


def test_months_are_those_of_london(db: None) -> None:
    told("transaction/create", {"paidAmount": 1}, occurred_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    told("transaction/create", {"paidAmount": 2}, occurred_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    assert account() == Account([month("2026-01", paid="2"), month("2026-07", paid="1")], None, 0, False)


def test_only_the_last_twelve_months_that_have_data_are_told(db: None) -> None:
    for number in range(14):
        transaction("DirectDebit", days_ago=number * 61, paidAmount=number, balanceAmount=number)
    found = account()
    assert found
    assert [each.paid for each in found.months] == list(range(11, -1, -1))


def test_balances_of_several_targets_are_added_up_month_by_month(db: None) -> None:
    transaction("BasicRentNoVAT", days_ago=70, balanceAmount=100)
    transaction("BasicRentNoVAT", days_ago=40, balanceAmount=30, target_id="tenure-2")
    transaction("BasicRentNoVAT", balanceAmount=-50)
    assert account(TENURE, "tenure-2") == Account(
        [month("2026-03", balance="100"), month("2026-04", balance="130"), month("2026-06", balance="-20")],
        Decimal(-20),
        2,
        False,
    )


def test_other_source_domains_than_the_links_are_not_counted(db: None) -> None:
    told("transaction/create", {"paidAmount": 1}, source_domain=None)
    told("transaction/create", {"paidAmount": 2}, source_domain="Finance")
    assert account(domains=frozenset({"Finance"})) == Account([month("2026-06", paid="2")], None, 0, False)
    assert account(domains=frozenset()) is None


def test_expired_transactions_are_not_counted(db: None) -> None:
    told("transaction/create", {"paidAmount": 1}, expires_at=datetime.now(UTC))
    assert account() is None


@pytest.mark.parametrize("extra", [0, 1])
def test_of_too_many_the_newest_are_counted_and_the_month_that_is_cut_is_left_out(db: None, extra: int) -> None:
    def one(occurred_at: datetime) -> Any:
        return new_activity(
            target_type="transaction",
            type="create",
            target_id=TENURE,
            occurred_at=occurred_at,
            old_data=None,
            new_data=b'{"paidAmount": 1}',
        )

    store([one(NOON) for _ in range(MOST_TRANSACTIONS - 1)])
    store([one(NOON - timedelta(days=40)) for _ in range(1 + extra)])
    found = account()
    newest = month("2026-06", paid=str(MOST_TRANSACTIONS - 1))
    assert found == Account([newest] if extra else [month("2026-04", paid="1"), newest], None, 0, bool(extra))
