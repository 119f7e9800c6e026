"""How one value of a document is said.

Each way of saying gives None for a value that it cannot say: missing, null, of another type, or senseless. Then the
sentence that wanted it is not said. Numbers are `int` or `Decimal`, as the documents are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from activities.moments import MomentImpossible, MomentUnreadable, read_moment
from activities.wording.names import listed

Say: TypeAlias = Callable[[Any], str | None]

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR = 1000
LAST_YEAR = 9998
LONGEST_IN_A_SENTENCE = 200
_PENNY = Decimal("0.01")
# Of the digits before a number's point: no document has one with more.
LARGEST = 200
_EXACT = Context(prec=2 * LARGEST, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?", re.ASCII)
_DATE_ALONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-][0-9:]+)?)?", re.ASCII)
_NO_VALUE = frozenset(("", "null", "none", "undefined", "nan", "n/a"))
# Of a year before FIRST_YEAR, as "0001-01-01T00:00:00" of .NET; a telephone number is not to look like one.
_NO_DATE = re.compile(r"0[0-9]{3}-(?:0[0-9]|1[0-2])-(?:[0-2][0-9]|3[01])(?:[T ]|$)", re.ASCII)
# In Persian and in emoji these two join or part letters; other invisible characters only disturb.
_JOINERS = "\u200c\u200d"


def is_no_value(value: Any) -> bool:
    """Is it what senders write where there is no value?"""
    if not isinstance(value, str):
        return value is None
    return value.strip().lower() in _NO_VALUE or is_no_date(value)


def is_no_date(text: str) -> bool:
    """Is it what senders write where there is no date?"""
    return _NO_DATE.match(text) is not None


def as_number(value: Any) -> Decimal | None:
    """Also of a text such as "12.50"."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    number = Decimal(value)
    return number if number.adjusted() <= LARGEST else None


def _pence(value: Any) -> Decimal | None:
    number = as_number(value)
    return None if number is None else number.quantize(_PENNY, context=_EXACT)


def money(value: Any) -> str | None:
    """ "£1,234.50" or "−£1,234.50"; half a penny is rounded away from nothing."""
    pence = _pence(value)
    return None if pence is None else f"{'−' if pence < 0 else ''}£{pence.copy_abs():,f}"


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, numbers, Decimal())


def debit(value: Any) -> str | None:
    """An amount above nothing."""
    pence = _pence(value)
    return f"£{pence:,f}" if pence is not None and pence > 0 else None


def credit(value: Any) -> str | None:
    """An amount below nothing, said without its sign."""
    pence = _pence(value)
    return f"£{pence.copy_negate():,f}" if pence is not None and pence < 0 else None


def size(value: Any) -> str | None:
    """An amount of either sign, said without it, where senders differ about the sign."""
    return debit(value) or credit(value)


def balance(value: Any) -> str | None:
    """Senders count what is owed as positive."""
    if owed := debit(value):
        return f"{owed} owed"
    in_credit = credit(value)
    return f"{in_credit} in credit" if in_credit else money(value)


def number(value: Any) -> str | None:
    exact = as_number(value)
    return None if exact is None else f"{exact:,f}"


def reference(value: Any) -> str | None:
    """A number that counts nothing has no commas."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def text(value: Any) -> str | None:
    """One line of at most LONGEST_IN_A_SENTENCE characters. A longer one is not cut but left out."""
    if not isinstance(value, str):
        return None
    line = " ".join(value.split())
    if not line.isprintable():
        line = "".join(letter for letter in line if letter.isprintable() or letter in _JOINERS)
    return line if len(line) <= LONGEST_IN_A_SENTENCE and not is_no_value(line) else None


def texts(value: Any) -> str | None:
    """A list of texts."""
    said = [text(member) for member in value] if isinstance(value, list) else []
    known = [each for each in said if each is not None]
    return listed(known) if known and len(known) == len(said) else None


def yes_no(value: Any) -> str | None:
    return ("Yes" if value else "No") if isinstance(value, bool) else None


def financial_year(value: Any) -> str | None:
    """By the calendar year in which it begins."""
    year = as_number(value)
    if year is None or year != year.to_integral_value() or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return f"{int(year)} to {int(year) + 1}"


def in_london(value: Any) -> tuple[date, time | None] | None:
    """A bare date and a midnight, as written or in London, have no time of day: it would be invented."""
    if not isinstance(value, str) or is_no_date(value):
        return None
    try:
        if _DATE_ALONE.fullmatch(value):
            day = date.fromisoformat(value[:10])
            return day, None
        moment = read_moment(value)
    except (ValueError, MomentUnreadable, MomentImpossible):
        return None
    here = moment.astimezone(LONDON)
    return here.date(), here.time() if here.time() != time() else None


def day(value: Any) -> str | None:
    """ "4 June 2026"."""
    found = in_london(value)
    return f"{found[0].day} {found[0]:%B %Y}" if found else None


def moment(value: Any) -> str | None:
    """ "4 June 2026 at 9:32am", and the date alone where there is no time of day."""
    found = in_london(value)
    if not found:
        return None
    date_in_words, clock = f"{found[0].day} {found[0]:%B %Y}", found[1]
    if clock is None:
        return date_in_words
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{date_in_words} at {clock.hour % 12 or 12}{minutes}{'am' if clock.hour < 12 else 'pm'}"


FORMATS: dict[str, Say] = {
    "money": money,
    "debit": debit,
    "credit": credit,
    "size": size,
    "balance": balance,
    "number": number,
    "reference": reference,
    "text": text,
    "contact": text,
    "list": texts,
    "yes_no": yes_no,
    "financial_year": financial_year,
    "date": day,
    "moment": moment,
}
