"""Where the marks of the chart stand, whatever the amounts."""

from datetime import date
from decimal import Decimal

import pytest

from activity_history.account import Month
from activity_history.chart import HEIGHT, LEFT, WIDTH, Bar, Chart, Label, Point, Tick, drawn


def month(number: int, charged: str, paid: str = "0", benefit: str = "0", balance: str | None = None) -> Month:
    first = date(2025 + number // 12, number % 12 + 1, 1)
    return Month(first, Decimal(charged), Decimal(paid), Decimal(benefit), Decimal(balance) if balance else None)


def test_chart_of_two_months_across_a_new_year() -> None:
    chart = drawn([month(11, "300", "200", "100", "400"), month(12, "0", "-100", "0", "-200")])
    assert chart == Chart(
        charged=[Bar("124.5", "40.0", "16.0", "90.0"), Bar("281.5", "130.0", "16.0", "0.0")],
        paid=[Bar("140.5", "40.0", "16.0", "90.0"), Bar("297.5", "130.0", "16.0", "30.0")],
        balance=[Point("140.5", "10.0"), Point("297.5", "190.0")],
        ticks=[
            Tick("190.0", "−£200", False),
            Tick("130.0", "£0", True),
            Tick("70.0", "£200", False),
            Tick("10.0", "£400", False),
        ],
        months=[Label("140.5", "Dec"), Label("297.5", "Jan")],
        years=[Label("140.5", "2025"), Label("297.5", "2026")],
    )
    assert chart.line == "140.5,10.0 297.5,190.0"


@pytest.mark.parametrize(
    ("amounts", "labels"),
    [
        (["0"], ["£0", "£1"]),
        (["0.01"], ["£0", "£1"]),
        (["3.99"], ["£0", "£1", "£2", "£3", "£4"]),
        (["-3"], ["−£3", "−£2", "−£1", "£0", "£1"]),
        (["128.44", "-12"], ["−£50", "£0", "£50", "£100", "£150"]),
        (["4210.55"], ["£0", "£2,000", "£4,000", "£6,000"]),
        (["400000"], ["£0", "£100k", "£200k", "£300k", "£400k"]),
        (["9e99"], ["£0", "£5E+99", "£1E+100"]),
    ],
)
def test_a_few_round_amounts_are_marked_and_nothing_always_is(amounts: list[str], labels: list[str]) -> None:
    chart = drawn([month(number, amount) for number, amount in enumerate(amounts)])
    assert [tick.label for tick in chart.ticks] == labels
    assert [tick.label for tick in chart.ticks if tick.is_zero] == ["£0"]


@pytest.mark.parametrize("count", [1, 2, 7, 12])
@pytest.mark.parametrize("amount", ["0", "0.001", "12.5", "-12.5", "1e100", "-1e100", "123456789.99"])
def test_every_mark_stands_within_the_picture(count: int, amount: str) -> None:
    chart = drawn([month(number, amount, str(number), amount, amount) for number in range(count)])
    for bar in (*chart.charged, *chart.paid):
        x, y, width, height = (Decimal(each) for each in bar)
        assert LEFT <= x <= x + width <= WIDTH
        assert 10 <= y <= y + height <= HEIGHT - 49
    for point in chart.balance:
        assert LEFT <= Decimal(point.x) <= WIDTH
        assert 10 <= Decimal(point.y) <= HEIGHT - 49
    assert 2 <= len(chart.ticks) <= 7


def test_balance_that_is_not_known_has_no_mark() -> None:
    assert drawn([month(0, "1"), month(1, "1", balance="5")]).balance == [Point("297.5", "40.0")]
