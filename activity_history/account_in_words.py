"""The account of a viewer link as its page shows it: a sentence, a chart, and a table of the same."""

from datetime import datetime
from typing import NamedTuple

from activities.wording.values import balance, credit, debit, money
from activity_history.account import MOST_TRANSACTIONS, Account, Month, read_account
from activity_history.chart import HEIGHT, LEFT, WIDTH, Chart, drawn
from activity_history.models import ViewerLink


class MonthInWords(NamedTuple):
    name: str
    charged: str
    paid: str
    benefit: str
    balance: str


class AccountInWords(NamedTuple):
    """`owed` and `credit` are the balance, one of them where it is not nothing.

    `cut` is the number of transactions that were looked at, where there are more.
    """

    has_balance: bool
    owed: str | None
    credit: str | None
    has_major_works: bool
    balances: int
    months: list[MonthInWords]
    has_benefit: bool
    description: str
    chart: Chart
    width: int
    height: int
    left: int
    cut: str | None


def read(link: ViewerLink, *, now: datetime) -> AccountInWords | None:
    account = read_account(link, now=now)
    return None if account is None else _in_words(account)


def _in_words(account: Account) -> AccountInWords:
    months = [_month(each) for each in account.months]
    first, last = (f"{each.first:%B %Y}" for each in (account.months[0], account.months[-1]))
    return AccountInWords(
        has_balance=account.balance is not None,
        owed=debit(account.balance),
        credit=credit(account.balance),
        has_major_works=account.balance is not None and account.has_major_works,
        balances=account.balances,
        months=months,
        has_benefit=any(each.benefit for each in account.months),
        description=f"{'For each month from ' + first + ' to ' if len(months) > 1 else 'For '}{last}: what you were "
        "charged, what was paid, and the balance at the end. The same amounts stand in the table below.",
        chart=drawn(account.months),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        cut=f"{MOST_TRANSACTIONS:,}" if account.is_cut else None,
    )


def _month(month: Month) -> MonthInWords:
    return MonthInWords(
        name=f"{month.first:%b %Y}",
        charged=money(month.charged) or "",
        paid=money(month.paid) or "",
        benefit=money(month.benefit) or "",
        balance="Not known" if month.balance is None else balance(month.balance) or "",
    )
