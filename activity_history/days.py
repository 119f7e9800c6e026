"""Rows by the day they happened on, as every history shows them."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Day(NamedTuple, Generic[Row]):
    """The rows of one day in London."""

    heading: str
    rows: list[Row]


def by_day(rows: Iterable[Row], day_of: Callable[[Row], str]) -> list[Day[Row]]:
    """Of rows in order of time."""
    return [Day(heading, list(those)) for heading, those in groupby(rows, key=day_of)]
