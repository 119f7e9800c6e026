"""Numbers of 24 hours and their domains as stacked columns: the same rows make the plot and the table behind it.

Widths and places across are per cent of the plot's, so that its words keep their size on a narrow screen; heights are
pixels.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

HOURS = 24
_HEIGHT, _TOP, _FOOT = 200, 20, 24
# As many as have a colour of their own.
_MOST_DOMAINS = 7
_OTHERS = "other domains"
_LABEL_EVERY = 6


class Part(NamedTuple):
    """A domain's part of a column; `colour` is a number of the style sheet's."""

    domain: str
    colour: int
    activities: int
    y: str
    height: str

    @property
    def in_words(self) -> str:
        return f"{self.activities:,}"


class Column(NamedTuple):
    """`x` and `middle` are places across; `label` stands below some of them."""

    hour: str
    label: str
    activities: int
    parts: list[Part]
    x: str
    middle: str

    @property
    def in_words(self) -> str:
        return f"{self.activities:,}"


class Columns(NamedTuple):
    """`highest` is how many the highest column stands for; None where nothing came."""

    domains: list[str]
    columns: list[Column]
    highest: str | None
    width: str
    height: int = _HEIGHT
    foot: int = _HEIGHT - _FOOT
    label_y: int = _HEIGHT - 6


def first_hour(now: datetime) -> datetime:
    """The last of the hours is the one that has begun."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)


def stacked(counts: Mapping[tuple[str | None, datetime], int], *, now: datetime) -> Columns:
    """By domain and first moment of an hour. The smallest domains are put together; hours without any are shown."""
    domains = _largest(counts)
    folded = Counter[tuple[str, datetime]]()
    whole = Counter[datetime]()
    for (domain, hour), count in counts.items():
        name = in_words(domain)
        folded[name if name in domains else _OTHERS, hour] += count
        whole[hour] += count
    highest = max(whole.values(), default=0)
    columns = []
    for place in range(HOURS):
        hour = first_hour(now) + timedelta(hours=place)
        columns.append(
            Column(
                hour=f"{hour:%-d %B, %H:%M}",
                label=f"{hour:%H:%M}" if hour.hour % _LABEL_EVERY == 0 else "",
                activities=whole[hour],
                parts=_parts([folded[domain, hour] for domain in domains], domains, highest),
                x=_across(place),
                middle=_across(place + 0.5),
            )
        )
    return Columns(domains, columns, f"{highest:,}" if highest else None, _across(0.86))


def in_words(domain: str | None) -> str:
    return "no domain" if domain is None else domain


def _largest(counts: Mapping[tuple[str | None, datetime], int]) -> list[str]:
    sums = Counter[str]()
    for (domain, _), count in counts.items():
        sums[in_words(domain)] += count
    ranked = sorted(sums, key=lambda domain: (-sums[domain], domain))
    return ranked if len(ranked) <= _MOST_DOMAINS + 1 else [*ranked[:_MOST_DOMAINS], _OTHERS]


def _parts(row: list[int], domains: list[str], highest: int) -> list[Part]:
    parts, below = [], 0
    for colour, (domain, count) in enumerate(zip(domains, row, strict=True)):
        height = _up(count, highest)
        top = _HEIGHT - _FOOT - _up(below + count, highest)
        parts.append(Part(domain, colour, count, f"{top:.2f}", f"{height:.2f}"))
        below += count
    return parts


def _up(count: int, highest: int) -> float:
    return count / highest * (_HEIGHT - _TOP - _FOOT) if highest else 0


def _across(place: float) -> str:
    return f"{100 * place / HOURS:.3f}%"
