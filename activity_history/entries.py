"""Activities as residents read them: by day, in the words of the wording."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import NamedTuple

import msgspec

from activities.wording import WORDING, read_stored
from activities.wording.changes import NOT_SET
from activities.wording.values import day, moment
from activity_history.payments import payment_address


class Value(NamedTuple):
    """What one field is; `before` is None where there was nothing."""

    label: str
    before: str | None
    after: str


class Entry(NamedTuple):
    """One activity. `moment` is exact, `when` in words; `is_change` when some of the values were others before."""

    moment: str
    when: str
    sentence: str
    values: list[Value]
    is_change: bool
    author: str | None
    pay_at: str | None


class Day(NamedTuple):
    """The entries of one day in London."""

    heading: str
    entries: list[Entry]


class _Moment(msgspec.Struct):
    datetime: str


_read_moment = msgspec.json.Decoder(_Moment).decode
_read_author = msgspec.json.Decoder(dict[str, str | None]).decode


def by_day(records: Iterable[bytes], *, payment_hosts: Collection[str]) -> list[Day]:
    entries = (_entry(record, payment_hosts) for record in records)
    return [Day(heading, list(each)) for heading, each in groupby(entries, key=lambda entry: day(entry.moment) or "")]


def _entry(text: bytes, payment_hosts: Collection[str]) -> Entry:
    record, exactly = read_stored(text), _read_moment(text).datetime
    differences = WORDING.what_changed(record, "resident", may_see_sensitive=False)
    values = [Value(label, None if before == NOT_SET else before, after) for label, before, after in differences]
    return Entry(
        moment=exactly,
        when=moment(exactly) or "",
        sentence=WORDING.sentence(record, "resident", may_see_sensitive=False),
        values=values,
        is_change=any(value.before is not None for value in values),
        author=_read_author(WORDING.seen_by(record, "resident", may_see_sensitive=False).author)["fullName"],
        pay_at=payment_address(WORDING.pay_link(record, "resident"), payment_hosts),
    )
