"""The drill is to fail when anything is lost, stored twice or altered, and when an answer is not as foreseen."""

import random
from dataclasses import replace

import pytest

from tests.drill.audit import Found, Verdict, judge
from tests.drill.exchange import Answer, what_is_wrong
from tests.drill.records import Record, a_record, mark, with_other_content

SENT = [a_record(random.Random(number)) | {"id": f"id-{number}"} for number in range(3)]
BY_MARK = {mark(each): each for each in SENT}
ONE, TWO, THREE = BY_MARK
ACKNOWLEDGED = {mark(each): {each["id"]} for each in SENT}


def shown(record: Record) -> Record:
    return {**record, "timeToLive": "P1D" if "timeToLive" in record else None}


STORED = [(each["id"], mark(each)) for each in SENT]
LISTED = [shown(each) for each in SENT]
GOOD = Found(STORED, LISTED, ["id-0", "id-1", "id-2"])
VERDICT = Verdict([], [], [], [], [], [], in_order=True)


def test_all_is_well() -> None:
    assert judge(BY_MARK, ACKNOWLEDGED, GOOD) == VERDICT
    assert VERDICT.is_good


CASES = {
    "a row that is gone": (replace(GOOD, stored=STORED[1:], followed=["id-1", "id-2"]), replace(VERDICT, lost=[ONE])),
    "one that no list shows": (replace(GOOD, listed=LISTED[1:]), replace(VERDICT, lost=[ONE])),
    "two rows": (
        replace(GOOD, stored=[*STORED, ("id-3", THREE)], followed=[*GOOD.followed, "id-3"]),
        replace(VERDICT, lost=[THREE], duplicated=[THREE]),
    ),
    "one that is listed twice": (replace(GOOD, listed=[*LISTED, LISTED[0]]), replace(VERDICT, duplicated=[ONE])),
    "other content": (
        replace(GOOD, listed=[with_other_content(LISTED[0]), *LISTED[1:]]),
        replace(VERDICT, altered=[ONE]),
    ),
    "another moment": (
        replace(GOOD, listed=[LISTED[0] | {"datetime": "2026-02-19T15:12:00Z"}, *LISTED[1:]]),
        replace(VERDICT, altered=[ONE]),
    ),
    "one that nobody sent": (
        replace(GOOD, stored=[*STORED, ("id-9", "?")], followed=[*GOOD.followed, "id-9"]),
        replace(VERDICT, unknown=["?"]),
    ),
    "one that the follower skipped": (replace(GOOD, followed=["id-0", "id-2"]), replace(VERDICT, skipped=["id-1"])),
    "one that it saw twice": (replace(GOOD, followed=[*GOOD.followed, "id-0"]), replace(VERDICT, repeated=["id-0"])),
    "another order": (replace(GOOD, followed=["id-1", "id-0", "id-2"]), replace(VERDICT, in_order=False)),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_found(case: str) -> None:
    found, verdict = CASES[case]
    assert judge(BY_MARK, ACKNOWLEDGED, found) == verdict
    assert not verdict.is_good


def test_what_was_acknowledged_under_two_ids_is_a_duplicate() -> None:
    assert judge(BY_MARK, ACKNOWLEDGED | {TWO: {"id-1", "id-7"}}, GOOD) == replace(VERDICT, duplicated=[TWO])


def test_what_was_never_acknowledged_may_be_stored_or_not() -> None:
    acknowledged = {ONE: {"id-0"}}
    assert judge(BY_MARK, acknowledged, GOOD) == VERDICT
    assert judge(BY_MARK, acknowledged, Found(STORED[:1], LISTED[:1], ["id-0"])) == VERDICT


UNAVAILABLE = {"retry-after": "5", "content-type": "application/problem+json"}


def answer(status: int, headers: dict[str, str] | None = None, *, seconds: float = 0.1, error: str = "") -> Answer:
    return Answer(status, headers or {}, b"", 10.0, 10.0 + seconds, error)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(201), None),
        (answer(409), "409 instead of 200 or 201"),
        (answer(500), "500 instead of 200 or 201"),
        (answer(503, UNAVAILABLE), None),
        (answer(503, {"retry-after": "5"}), "503 as None"),
        (answer(503), "503 without Retry-After"),
        (answer(503, UNAVAILABLE, seconds=2.5), "503 after 2.5 s, which is to come within 2"),
        (answer(0, error="ConnectionResetError"), "no answer (ConnectionResetError), though the app was not killed"),
        (answer(0, error="TimeoutError"), "hung for 20 seconds"),
    ],
)
def test_an_answer_is_judged(given: Answer, said: str | None) -> None:
    assert what_is_wrong(given, {200, 201}, may_be_cut_off=False, judge_time=True) == said


def test_none_need_come_from_an_app_that_was_killed_but_hanging_is_never_right() -> None:
    cut_off, hung = answer(0, error="ConnectionResetError"), answer(0, error="TimeoutError")
    assert what_is_wrong(cut_off, {200}, may_be_cut_off=True, judge_time=True) is None
    assert what_is_wrong(hung, {200}, may_be_cut_off=True, judge_time=True) == "hung for 20 seconds"
