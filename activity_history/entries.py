"""Activities as residents read them: by day, in the words of the wording."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import msgspec

from activities.wording import WORDING, read_stored
from activities.wording.changes import NOT_SET
from activities.wording.values import moment
from activity_history.days import Day, by_day
from activity_history.payments import payment_address

# Bytes of both documents: to put more into words for each row of a page would take seconds.
LARGEST = 16 * 1024


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
    is_long: bool
    is_change: bool
    author: str | None
    pay_at: str | None

    @property
    def day(self) -> str:
        return self.when.partition(" at ")[0]

    @property
    def clock(self) -> str:
        """Empty for a date without a time."""
        return self.when.partition(" at ")[2]


class _Moment(msgspec.Struct):
    datetime: str


_read_moment = msgspec.json.Decoder(_Moment).decode
_read_author = msgspec.json.Decoder(dict[str, str | None]).decode


def read(records: Iterable[bytes], *, payment_hosts: Collection[str]) -> list[Day[Entry]]:
    """Of records newest first. Each link to pay stands once, at the newest: an older one may tell an old amount."""
    entries: list[Entry] = []
    offered: set[str] = set()
    for record in records:
        entry = _entry(record, payment_hosts)
        if entry.pay_at in offered:
            entry = entry._replace(pay_at=None)
        elif entry.pay_at:
            offered.add(entry.pay_at)
        entries.append(entry)
    return by_day(entries, lambda entry: entry.day)


def _entry(text: bytes, payment_hosts: Collection[str]) -> Entry:
    record, exactly = read_stored(text), _read_moment(text).datetime
    seen = WORDING.seen_by(record, "resident", may_see_sensitive=False)
    is_long = len(seen.old_data) + len(seen.new_data) > LARGEST
    differences = [] if is_long else WORDING.what_changed(record, "resident", may_see_sensitive=False)
    values = [Value(label, None if before == NOT_SET else before, after) for label, before, after in differences]
    return Entry(
        moment=exactly,
        when=moment(exactly) or "",
        sentence=WORDING.sentence(record, "resident", may_see_sensitive=False),
        values=values,
        is_long=is_long,
        is_change=any(value.before is not None for value in values),
        author=_read_author(seen.author)["fullName"],
        pay_at=payment_address(WORDING.pay_link(record, "resident"), payment_hosts),
    )
