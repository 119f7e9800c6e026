"""Postings on a tenure's account, and the activities that tell of them with the balance they leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from activities.demo.scene import (
    Author,
    Row,
    activity,
    financial_week,
    financial_year,
    midnight,
    pounds,
)
from activities.demo.world import Tenure

KEPT = "P7Y"


@dataclass(slots=True)
class Posting:
    """One movement, in pence. What is charged makes the balance higher, the other two make it lower.

    With `charges_before` it is an adjustment of the account instead of a transaction.
    """

    at: datetime
    kind: str
    author: Author
    charged: int = 0
    paid: int = 0
    benefit: int = 0
    more: Row = field(default_factory=dict)
    charges_before: list[Row] | None = None
    together: str | None = None

    @property
    def difference(self) -> int:
        return self.charged - self.paid - self.benefit


def told(tenure: Tenure, postings: Iterable[Posting], *, opening: int) -> Iterator[Row]:
    """The postings in order of time, with the running balance. `opening` is the balance before the first."""
    balance = opening
    for posting in sorted(postings, key=lambda each: each.at):
        before, balance = balance, balance + posting.difference
        if posting.charges_before is None:
            yield _transaction(tenure, posting, balance)
        else:
            yield _adjustment(tenure, posting, before, balance)


def _transaction(tenure: Tenure, posting: Posting, balance: int) -> Row:
    day = posting.at.date()
    new = {
        "transactionType": posting.kind,
        "paymentReference": tenure.payment_reference,
        "financialYear": financial_year(day),
        "periodNo": financial_week(day),
        "chargedAmount": pounds(posting.charged),
        "paidAmount": pounds(posting.paid),
        "housingBenefitAmount": pounds(posting.benefit),
        "balanceAmount": pounds(balance),
        "transactionDate": midnight(day),
        **posting.more,
    }
    return activity(
        "create",
        ("transaction", tenure.id),
        posting.at,
        posting.author,
        domain="Finance",
        new=new,
        keep=KEPT,
        together=posting.together,
    )


def _adjustment(tenure: Tenure, posting: Posting, before: int, after: int) -> Row:
    return activity(
        "update",
        ("account", tenure.id),
        posting.at,
        posting.author,
        domain="Finance",
        old={"consolidatedCharges": posting.charges_before, "accountBalance": pounds(before)},
        new={**posting.more, "accountBalance": pounds(after)},
        keep=KEPT,
    )


def charge(name: str, pence: int, frequency: str = "Weekly") -> Row:
    return {"type": name, "frequency": frequency, "amount": pounds(pence)}
