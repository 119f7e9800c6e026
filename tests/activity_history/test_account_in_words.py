"""The account on the page: a sentence, the chart, and a table of the same amounts."""

import re

import pytest

from activity_history.account import MOST_TRANSACTIONS
from activity_history.models import ViewerLink
from tests.activity_history.resident_links import NOON, TENURE, made_link, seen, told, transaction
from tests.stored import new_activity, store


@pytest.fixture
def link(db: None) -> ViewerLink:
    return made_link()


def rows(text: str) -> list[list[str]]:
    table = text.partition("See these amounts as a table")[2].partition("</table>")[0]
    return [re.findall(r"<t[hd][^>]*>(?:<span.*?</span> )?(.*?)</t[hd]>", row) for row in table.split("<tr")[1:]]


def test_balance_chart_and_table_tell_the_same(link: ViewerLink) -> None:
    transaction("BasicRentNoVAT", days_ago=40, chargedAmount=1128.445)
    transaction("HousingBenefit", days_ago=1, housingBenefitAmount=96.2, balanceAmount=32.24)
    transaction("DirectDebit", paidAmount=100, balanceAmount=-67.76)
    page = seen(link).text
    assert "You are <strong>£67.76</strong> in credit" in page
    assert rows(page) == [
        ["Month", "Charged", "Paid", "Housing Benefit", "Balance at the end"],
        ["Apr 2026", "£1,128.45", "£0.00", "£0.00", "Not known"],
        ["Jun 2026", "£0.00", "£100.00", "£96.20", "£67.76 in credit"],
    ]
    assert 'id="amounts">Charged and paid by month</p>' in page
    assert '<title id="chart-title">Charged, paid and balance by month</title>' in page
    assert "For each month from April 2026 to June 2026: what you were charged" in page
    assert re.findall(r" Paid(.*?)</span>\n", page) == [", with Housing Benefit"]


def test_what_there_is_not_is_not_told(link: ViewerLink) -> None:
    transaction("DirectDebit", paidAmount=100)
    page = seen(link).text
    assert rows(page) == [
        ["Month", "Charged", "Paid", "Balance at the end"],
        ["Jun 2026", "£0.00", "£100.00", "Not known"],
    ]
    assert ("You owe" in page, "Balance at the end of the month" in page) == (False, False)
    assert "For June 2026: what you were charged" in page


def test_several_balances_are_said_to_be_added_up(link: ViewerLink) -> None:
    transaction("DirectDebit", balanceAmount=5)
    transaction("DirectDebit", balanceAmount="7.50", target_id="tenure-2")
    page = seen(made_link(TENURE, "tenure-2")).text
    assert "You owe <strong>£12.50</strong> on your 2 balances together" in page


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (381.78, "You owe <strong>£381.78</strong></p>"),
        (-0.01, "You are <strong>£0.01</strong> in credit</p>"),
        (0, "You owe <strong>nothing</strong></p>"),
        (0.001, "You owe <strong>nothing</strong></p>"),
    ],
)
def test_balance_is_a_sentence(link: ViewerLink, amount: float, told: str) -> None:
    transaction("DirectDebit", balanceAmount=amount)
    assert told in seen(link).text


def test_major_works_are_said_to_be_no_part_of_the_balance_where_there_are_any(link: ViewerLink) -> None:
    apart = "Major works are not part of this balance."
    told("majorWorks/create", {"chargedAmount": 5}, target_id="tenure-2")
    transaction("DirectDebit", paidAmount=5, target_id="tenure-2")
    transaction("DirectDebit", balanceAmount=5)
    assert apart not in seen(link).text
    assert apart not in seen(made_link("tenure-2")).text
    assert apart in seen(made_link(TENURE, "tenure-2")).text


def test_there_is_no_account_without_transactions_nor_in_a_group(link: ViewerLink) -> None:
    assert "Your account" not in seen(link).text
    transaction("DirectDebit", paidAmount=100)
    assert "Your account" in seen(link).text
    assert "Your account" not in seen(link, "?show=payments").text


@pytest.mark.parametrize("extra", [0, 1])
def test_page_says_when_not_all_are_counted(link: ViewerLink, extra: int) -> None:
    columns = {"target_id": TENURE, "target_type": "transaction", "type": "create", "occurred_at": NOON}
    store([new_activity(**columns, new_data=b'{"paidAmount": 1}') for _ in range(MOST_TRANSACTIONS + extra)])
    page = seen(link).text
    assert ("Only the newest 2,000 charges and payments are counted here." in page) == bool(extra)


@pytest.mark.parametrize("amount", ["<b>1</b>", "NaN", "1e400", [], {}, True, "9" * 101])
def test_malformed_amount_breaks_nothing(link: ViewerLink, amount: object) -> None:
    transaction("DirectDebit", paidAmount=amount, chargedAmount=amount, balanceAmount=amount)
    transaction("DirectDebit", paidAmount="9" * 100, balanceAmount=1)
    page = seen(link)
    assert (page.status_code, "<b>" in page.text) == (200, False)
