"""What was charged and paid by month, and the balance, from the transactions that a viewer link shows."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from activities import statements
from activities.postgres_formats import moment, texts
from activities.statements import Row
from activities.wording import WORDING, KindName
from activities.wording.values import LONDON, as_number, exact_sum
from activity_history.models import ViewerLink

MOST_TRANSACTIONS = 2_000
MOST_MONTHS = 12
_TRANSACTION = KindName("transaction", "create")
# In the order of amounts_of_transactions.
_FIELDS = ("chargedAmount", "paidAmount", "housingBenefitAmount", "balanceAmount")


class Month(NamedTuple):
    """Sums of a month in London, by its first day; `balance` is that at its end, where one is known."""

    first: date
    charged: Decimal
    paid: Decimal
    benefit: Decimal
    balance: Decimal | None


class Account(NamedTuple):
    """The newest months that have data, oldest first.

    `is_cut` when only the newest MOST_TRANSACTIONS were looked at. `balance` adds up those of so many targets as
    `balances` says; major works are in none of them.
    """

    months: list[Month]
    balance: Decimal | None
    balances: int
    is_cut: bool
    has_major_works: bool = False


class _Amounts(NamedTuple):
    target: int
    month: date
    charged: Decimal | None
    paid: Decimal | None
    benefit: Decimal | None
    balance: Decimal | None


def read_account(link: ViewerLink, *, now: datetime) -> Account | None:
    """None where there is nothing to tell. Numbers stay exact; what is no number is passed over."""
    kind = WORDING.kinds.get(_TRANSACTION)
    if kind is None or "resident" not in kind.audiences:
        return None
    rows = statements.run(
        "amounts_of_transactions",
        {
            "target_ids": texts(link.target_ids),
            "source_domains": None if link.source_domains is None else texts(link.source_domains),
            "types_of_works": texts(type for target, type in WORDING.kinds_for("resident") if target == "majorWorks"),
            "now": now,
            "rows": MOST_TRANSACTIONS + 1,
        },
    )
    is_cut = len(rows) > MOST_TRANSACTIONS
    read = [_amounts(row, kind.residents_see) for row in rows[:MOST_TRANSACTIONS]]
    known = [each for each in read[::-1] if any(amount is not None for amount in each[2:])]
    return _summed(known, is_cut=is_cut, has_major_works=rows[0][-1] == b"\1") if known else None


def _amounts(row: Row, seen: frozenset[str]) -> _Amounts:
    number, occurred_at, *amounts, _ = row
    day = moment(occurred_at).astimezone(LONDON).date()
    values = [
        as_number(text.decode()) if text is not None and field in seen else None
        for field, text in zip(_FIELDS, amounts, strict=True)
    ]
    return _Amounts(int.from_bytes(number or b"", "big"), day.replace(day=1), *values)


def _summed(known: list[_Amounts], *, is_cut: bool, has_major_works: bool) -> Account:
    """Of amounts in order of time."""
    months: list[Month] = []
    balances: dict[int, Decimal] = {}
    for first in sorted({each.month for each in known}):
        of_month = [each for each in known if each.month == first]
        balances |= {each.target: each.balance for each in of_month if each.balance is not None}
        months.append(
            Month(
                first,
                charged=_sum(each.charged for each in of_month),
                paid=_sum(each.paid for each in of_month),
                benefit=_sum(each.benefit for each in of_month),
                balance=exact_sum(balances.values()) if balances else None,
            )
        )
    # The oldest of them has lost a part of its transactions.
    whole = months[1:] if is_cut and len(months) > 1 else months
    return Account(whole[-MOST_MONTHS:], months[-1].balance, len(balances), is_cut, has_major_works)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return exact_sum(amount for amount in amounts if amount is not None)
