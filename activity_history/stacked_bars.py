"""Numbers of months and kinds as stacked bars: the same rows make the plot and the table behind it.

Widths are per cent of the plot's, so that its words keep their size on a narrow screen.
"""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

# As many as have a colour of their own, and as many bars as fit a page.
_MOST_KINDS = 7
_MOST_MONTHS = 24
_OTHERS = "other kinds"
_BAR_AND_WORDS = 46


class Part(NamedTuple):
    """A kind's part of a bar; `colour` is a number of the style sheet's."""

    kind: str
    colour: int
    activities: int
    x: str
    width: str

    @property
    def in_words(self) -> str:
        return f"{self.activities:,}"


class Bar(NamedTuple):
    label: str
    activities: int
    parts: list[Part]
    y: int

    @property
    def in_words(self) -> str:
        return f"{self.activities:,}"


class Bars(NamedTuple):
    kinds: list[str]
    bars: list[Bar]
    height: int


def stacked(counts: dict[tuple[str, datetime], int]) -> Bars:
    """By kind and first moment of a month. The smallest kinds are put together, and so are the oldest months."""
    kinds = _largest(counts)
    months = sorted({month for _, month in counts})
    labels = _labels(months)
    folded = Counter[tuple[str, str]]()
    for (kind, month), count in counts.items():
        folded[labels[month], kind if kind in kinds else _OTHERS] += count
    whole = Counter[str]()
    for (label, _), count in folded.items():
        whole[label] += count
    longest = max(whole.values(), default=1)
    bars = []
    for index, label in enumerate(dict.fromkeys(labels.values())):
        row = [folded[label, kind] for kind in kinds]
        bars.append(Bar(label, whole[label], _parts(row, kinds, longest), index * _BAR_AND_WORDS))
    return Bars(kinds, bars, len(bars) * _BAR_AND_WORDS)


def _largest(counts: dict[tuple[str, datetime], int]) -> list[str]:
    sums = Counter[str]()
    for (kind, _), count in counts.items():
        sums[kind] += count
    ranked = sorted(sums, key=lambda kind: (-sums[kind], kind))
    return ranked if len(ranked) <= _MOST_KINDS + 1 else [*ranked[:_MOST_KINDS], _OTHERS]


def _labels(months: list[datetime]) -> dict[datetime, str]:
    if len(months) <= _MOST_MONTHS:
        return {month: f"{month:%B %Y}" for month in months}
    first = months[1 - _MOST_MONTHS]
    return {month: f"before {first:%B %Y}" if month < first else f"{month:%B %Y}" for month in months}


def _parts(row: list[int], kinds: list[str], longest: int) -> list[Part]:
    parts, before = [], 0
    for colour, (kind, count) in enumerate(zip(kinds, row, strict=True)):
        parts.append(Part(kind, colour, count, _per_cent(before, longest), _per_cent(count, longest)))
        before += count
    return parts


def _per_cent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f}%"
