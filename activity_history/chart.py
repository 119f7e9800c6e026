"""A small chart of what was charged and paid by month, with the balance: where each of its marks stands."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from activity_history.account import Month

WIDTH, HEIGHT, LEFT = 380, 240, 62
_RIGHT, _TOP, _BOTTOM = 4, 10, 50
_TICKS = 4
_STEPS = (1, 2, 5, 10)


class Bar(NamedTuple):
    x: str
    y: str
    width: str
    height: str


class Point(NamedTuple):
    x: str
    y: str


class Tick(NamedTuple):
    """A line across, and what stands beside it."""

    y: str
    label: str
    is_zero: bool


class Label(NamedTuple):
    """Below a month, or below the months of a year."""

    x: str
    text: str


class Chart(NamedTuple):
    """Everything in units of the view box, as attributes bear it."""

    charged: list[Bar]
    paid: list[Bar]
    balance: list[Point]
    ticks: list[Tick]
    months: list[Label]
    years: list[Label]

    @property
    def line(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.balance)


def drawn(months: list[Month]) -> Chart:
    """Paid is with Housing Benefit. Bars below the line of nothing are of amounts below nothing."""
    received = [month.paid + month.benefit for month in months]
    amounts = [Decimal(), *(month.charged for month in months), *received]
    scale = _Scale([*amounts, *(month.balance for month in months if month.balance is not None)])
    width = Decimal(WIDTH - LEFT - _RIGHT) / len(months)
    bar = min(width * Decimal("0.36"), Decimal(16))
    middles = [LEFT + width * place + width / 2 for place in range(len(months))]
    return Chart(
        charged=[_bar(x - bar, month.charged, bar, scale) for x, month in zip(middles, months, strict=True)],
        paid=[_bar(x, amount, bar, scale) for x, amount in zip(middles, received, strict=True)],
        balance=[
            Point(_written(x), _written(scale.y(month.balance)))
            for x, month in zip(middles, months, strict=True)
            if month.balance is not None
        ],
        ticks=scale.ticks(),
        months=[Label(_written(x), f"{month.first:%b}") for x, month in zip(middles, months, strict=True)],
        years=_years(middles, [month.first.year for month in months]),
    )


class _Scale:
    """From amounts to heights, with a few round amounts marked."""

    def __init__(self, amounts: Iterable[Decimal]) -> None:
        known = list(amounts)
        self.step = _round_step((max(known) - min(known)) / _TICKS)
        self.lowest = (min(known) / self.step).to_integral_value("ROUND_FLOOR") * self.step
        self.highest = max((max(known) / self.step).to_integral_value("ROUND_CEILING") * self.step, self.step)

    def y(self, amount: Decimal) -> Decimal:
        share = (self.highest - amount) / (self.highest - self.lowest)
        return _TOP + share * (HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> list[Tick]:
        count = int((self.highest - self.lowest) / self.step)
        amounts = [self.lowest + self.step * number for number in range(count + 1)]
        return [Tick(_written(self.y(amount)), _pounds(amount), amount == 0) for amount in amounts]


def _round_step(least: Decimal) -> Decimal:
    """The next of 1, 2, 5, 10, 20, 50 …, in pounds."""
    if least <= 1:
        return Decimal(1)
    power = Decimal(10) ** least.adjusted()
    return next(step * power for step in _STEPS if step * power >= least)


def _bar(x: Decimal, amount: Decimal, width: Decimal, scale: _Scale) -> Bar:
    top, bottom = sorted((scale.y(amount), scale.y(Decimal())))
    return Bar(_written(x), _written(top), _written(width), _written(bottom - top))


def _years(middles: list[Decimal], years: list[int]) -> list[Label]:
    """Each below the middle of its months, so that two of them never meet."""
    places = {year: [x for x, each in zip(middles, years, strict=True) if each == year] for year in years}
    return [Label(_written((xs[0] + xs[-1]) / 2), str(year)) for year, xs in places.items()]


def _pounds(amount: Decimal) -> str:
    size = abs(amount)
    shown = f"{size:,.0f}" if size < 100_000 else f"{size / 1000:,.0f}k" if size < 1_000_000 else f"{size:.0E}"
    return f"{'−' if amount < 0 else ''}£{shown}"


def _written(number: Decimal) -> str:
    return f"{number:.1f}"
