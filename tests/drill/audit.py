"""What was sent and acknowledged beside what is there: in the table, in the lists, and in the feed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import psycopg

from tests.drill.exchange import Line
from tests.drill.records import TARGETS, Record, mark

_STORED = "SELECT id::text, new_data->>'mark' FROM activity ORDER BY stored_by, id"
_COMPARED = ("type", "targetType", "targetId", "sourceDomain", "oldData", "newData", "author", "timeToLive")
# As the record shows it.
_SHOWN_AS = {"1 day": "P1D"}


class CannotRead(Exception):
    """A list was refused when all was over."""


@dataclass(frozen=True)
class Found:
    """`stored` has id and mark of each row in the order of storing, `listed` what the lists of all targets show."""

    stored: Sequence[tuple[str, str]]
    listed: Sequence[Record]
    followed: Sequence[str]


@dataclass(frozen=True)
class Verdict:
    """Marks, but `skipped` and `repeated` are ids. `unknown` were never sent."""

    lost: list[str]
    duplicated: list[str]
    altered: list[str]
    unknown: list[str]
    skipped: list[str]
    repeated: list[str]
    in_order: bool

    @property
    def is_good(self) -> bool:
        lists = (self.lost, self.duplicated, self.altered, self.unknown, self.skipped, self.repeated)
        return self.in_order and not any(lists)


def judge(sent: Mapping[str, Record], acknowledged: Mapping[str, set[str]], found: Found) -> Verdict:
    rows = Counter(mark for _, mark in found.stored)
    shown = Counter(map(mark, found.listed))
    ids = {mark: id for id, mark in found.stored}
    listed = {mark(record): record for record in found.listed}
    order = [id for id, _ in found.stored]
    followed = Counter(found.followed)

    def is_lost(each: str) -> bool:
        under = acknowledged[each]
        return ids.get(each) not in under or each not in listed or listed[each]["id"] not in under

    twice = {each for count in (rows, shown) for each, times in count.items() if times > 1}
    twice |= {each for each, under in acknowledged.items() if len(under) > 1}
    return Verdict(
        lost=[each for each in acknowledged if is_lost(each)],
        duplicated=sorted(twice),
        altered=[each for each, record in listed.items() if each in sent and not is_same(sent[each], record)],
        unknown=[each for each in {**rows, **shown} if each not in sent],
        skipped=[id for id in order if id not in followed],
        repeated=[id for id, times in followed.items() if times > 1],
        in_order=list(followed) == [id for id in order if id in followed],
    )


def is_same(sent: Record, shown: Record) -> bool:
    ttl = sent.get("timeToLive")
    expected = {**sent, "timeToLive": _SHOWN_AS.get(ttl, ttl) if ttl else shown["timeToLive"]}
    same_id = "id" not in sent or sent["id"] == shown["id"]
    same_moment = datetime.fromisoformat(sent["datetime"]) == datetime.fromisoformat(shown["datetime"])
    return same_id and same_moment and all(expected[name] == shown[name] for name in _COMPARED)


def stored_rows(database_url: str) -> list[tuple[str, str]]:
    with psycopg.connect(database_url) as connection:
        return [(id, mark or "") for id, mark in connection.execute(_STORED)]


def listed_records(port: int, token: str) -> list[Record]:
    line = Line(port, token)
    return [record for target in TARGETS for record in _walk(line, target)]


def _walk(line: Line, target_id: str) -> Iterable[Record]:
    parameters: dict[str, Any] = {"targetId": target_id, "pageSize": 1000}
    while True:
        answer = line.ask("GET", f"/api/v1/activities?{urlencode(parameters)}")
        if answer.status == 404:
            return
        if answer.status != 200:
            raise CannotRead(f"A list was answered with {answer.status} {answer.error}.")
        page = answer.json()
        yield from page["results"]
        parameters["paginationToken"] = page["paginationDetails"]["nextToken"]
        if parameters["paginationToken"] is None:
            return
