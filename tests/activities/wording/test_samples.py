"""Records as real senders write them, and the demo's whole history, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from activities.demo.history import demo_activities
from activities.demo.samples import SAMPLES
from activities.wording import WORDING, read_stored
from tests.activities.wording.records import as_stored, faults_of

NOW = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)
LINES = SAMPLES.read_bytes().splitlines()

HIDDEN = "Something was recorded"
# For staff, for residents, and the group that it is in.
TOLD = [
    ("Tenure imported from an earlier system", HIDDEN, None),
    ("Person added: Ngozi Okafor", "Your personal details were added", None),
    (
        "Last name changed from Okafor to Okafor-Bell",
        "Your last name was changed from Okafor to Okafor-Bell",
        None,
    ),
    ("Phone number added: 07700 900417", "A phone number was added to your contact details", None),
    (
        "Email address removed: n.okafor@example.org",
        "An email address was removed from your contact details",
        None,
    ),
    (
        "Tenure type changed from Introductory to Secure",
        "The type of your tenancy was changed from Introductory to Secure",
        None,
    ),
    (
        "Process moved from “Breach checks passed” to “Documents requested appointment”, "
        "appointment on 27 February 2024 at 10:30am",
        HIDDEN,
        None,
    ),
    (
        "Cautionary alert ended: Do not visit alone (Review completed, risk no longer present)",
        HIDDEN,
        None,
    ),
    ("Rent charge of £128.44", "You were charged rent of £128.44", "rent-charged"),
    (
        "Housing Benefit of £96.20",
        "Housing Benefit of £96.20 was paid to your account",
        "housing-benefit",
    ),
    ("Payment of £150.00 by Direct Debit", "You paid £150.00 by Direct Debit", "payments"),
    (
        "Charge ended for Garage (Attached): Garage let ended 06/04/2025, two weeks written off",
        "You are no longer charged for Garage (Attached): Garage let ended 06/04/2025, two weeks written off",
        "adjustments",
    ),
    (
        "Estimated service charge for 2025 to 2026: £302.75 a year",
        "Your service charge for 2025 to 2026 was estimated at £302.75 a year",
        "estimated-service-charge",
    ),
    (
        "Recharged repair: £94.80 for repair 10446182, Replace forced entry door lock",
        "You were charged £94.80 for repair 10446182: Replace forced entry door lock",
        "recharged-repairs",
    ),
    (
        "Repair 10446182 completed on 8 May 2025 at 4:50pm",
        "Repair 10446182 was completed on 8 May 2025 at 4:50pm",
        "recharged-repairs",
    ),
    ("Name changed", "Your name was changed", None),
    (
        "Major works charge of £4,210.55: Roof renewal and external decoration, Blocks 1 to 40",
        "You were charged £4,210.55 for major works: Roof renewal and external decoration, Blocks 1 to 40",
        "major-works",
    ),
    (
        "Payment of £300.00 by debit or credit card",
        "You paid £300.00 by debit or credit card",
        "payments",
    ),
]


def test_every_sample_is_told_to_staff_and_to_residents_and_is_in_its_group() -> None:
    told = []
    for line in LINES:
        record = read_stored(line)
        staff = WORDING.sentence(record, "staff", may_see_sensitive=True)
        resident = WORDING.sentence(record, "resident", may_see_sensitive=False)
        group = WORDING.group_of(record)
        told.append((staff, resident, group.slug if group else None))
    assert told == TOLD


def test_analysts_read_what_staff_read_but_what_is_sensitive() -> None:
    for line in LINES:
        record = read_stored(line)
        if record.targetType in WORDING.sensitive_targets:
            assert WORDING.sentence(record, "analyst", may_see_sensitive=True) == "Something was recorded"
            continue
        sentences = [WORDING.sentence(record, each, may_see_sensitive=True) for each in ("staff", "analyst")]
        assert sentences[0] == sentences[1]


def test_only_the_bill_for_major_works_has_a_link_to_pay() -> None:
    links = {line: WORDING.pay_link(read_stored(line), "resident") for line in LINES}
    assert [(orjson.loads(line)["targetType"], link) for line, link in links.items() if link] == [
        ("majorWorks", "https://payments.council.example/major-works/MW-0417")
    ]


@pytest.fixture(scope="module")
def demo() -> list[dict[str, object]]:
    return list(demo_activities(now=NOW))


def test_nothing_in_the_demo_tells_residents_what_is_not_for_them(demo: list[dict[str, object]]) -> None:
    stored = [as_stored(activity) for activity in demo]
    assert [fault for each in stored for fault in faults_of(each)] == []


def test_the_demo_has_one_sentence_for_staff_for_each_activity_and_rows_for_each_change(
    demo: list[dict[str, object]],
) -> None:
    for activity in demo:
        stored = as_stored(activity)
        sentence = WORDING.sentence(stored, "staff", may_see_sensitive=True)
        assert sentence
        assert sentence == sentence.strip(" .")
        rows = WORDING.what_changed(stored, "staff", may_see_sensitive=True)
        assert bool(rows) == bool(activity["newData"] or activity["oldData"])
        assert all(all(row) for row in rows)


def test_each_of_the_eight_groups_has_something_in_the_demo_and_all_of_it_is_for_residents(
    demo: list[dict[str, object]],
) -> None:
    stored = [as_stored(activity) for activity in demo]
    grouped = [(group, each) for each in stored if (group := WORDING.group_of(each))]

    assert {group.slug for group, _ in grouped} == {group.slug for group in WORDING.groups}
    assert len(WORDING.groups) == 8
    assert [each for _, each in grouped if not WORDING.sees(each, "resident")] == []
