"""Amounts of payments and charges, also of those that were sent as something else."""

from datetime import date
from decimal import Decimal

import pytest

from tests.activity_history.reporting.reading import one, read, settled

pytestmark = pytest.mark.django_db

MONEY = ("charged_amount", "paid_amount", "housing_benefit_amount", "balance_amount", "malformed")


@pytest.mark.parametrize(
    ("sent", "amount", "malformed"),
    [
        ("12.5", Decimal("12.50"), 0),
        ("-0.005", Decimal("-0.01"), 0),
        ('"12.50"', Decimal("12.50"), 0),
        ("9999999999.994", Decimal("9999999999.99"), 0),
        ("null", None, 0),
        *(
            (text, None, 1)
            for text in ("9999999999.995", "-1e99", '"£12.50"', '""', '"1e3"', "true", "[12]", "{}", '"1\\n"')
        ),
    ],
)
def test_amounts_of_a_transaction(sent: str, amount: Decimal | None, malformed: int) -> None:
    settled(target_type="transaction", type="create", old_data=None, new_data=b'{"paidAmount": %s}' % sent.encode())
    assert read("finance_transaction", *MONEY) == [(None, amount, None, None, malformed)]


def test_a_transaction_in_columns() -> None:
    new = (
        '{"transactionType": "HBAdjustment", "transactionDate": "2026-06-03T23:00:00Z", "paymentReference": "19 £é",'
        ' "financialYear": 2026, "periodNo": "9", "chargeYear": 2026.5, "workOrderReference": 10023,'
        ' "description": null, "chargedAmount": 1, "paidAmount": 2, "housingBenefitAmount": 3, "balanceAmount": -4,'
        ' "estimated": 5, "actual": "6"}'
    )
    settled(target_type="transaction", type="create", old_data=None, new_data=new.encode())
    settled(target_type="person")
    columns = (
        *("transaction_type", "transaction_type_label", "transaction_date", "payment_reference", "financial_year"),
        *("period_number", "charge_year", "work_order_reference", "description", *MONEY),
        *("estimated_amount", "actual_amount"),
    )
    assert [*one("finance_transaction", *columns).values()] == [
        *("HBAdjustment", "Housing Benefit adjustment", date(2026, 6, 4), "19 £é", 2026, 9, None, "10023", None),
        *(Decimal(1), Decimal(2), Decimal(3), Decimal(-4), 0, Decimal(5), Decimal(6)),
    ]


def test_of_a_removed_transaction_the_amounts_are_those_that_were_removed() -> None:
    settled(target_type="transaction", type="delete", old_data=b'{"paidAmount": 7}', new_data=None)
    settled(target_type="transaction", type="delete", old_data=None, new_data=None)
    assert read("finance_transaction", "paid_amount", "malformed") == [(Decimal(7), 0), (None, 0)]
