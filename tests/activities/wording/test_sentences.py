"""tests/samples/sentences.txt is what is said of each kind, each need and each type of transaction."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from activities.wording import FILE, WORDING, KindName
from tests.activities import test_demo_history
from tests.activities.wording.records import faults_of, record, said

SENTENCES = Path(__file__).parents[2] / "samples/sentences.txt"
HIDDEN = "Something was recorded"
FOR_RESIDENTS = {"transaction", "account", "charge", "majorWorks", "workOrder", "tenure", "contactDetails", "person"}


class Told(NamedTuple):
    kind: str
    new: str
    old: str
    resident: str
    staff: str


def told() -> Iterator[Told]:
    blocks = SENTENCES.read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            kind, new = lines[0].split(" ", 1)
            was = lines[1].removeprefix("was ") if lines[1].startswith("was ") else "null"
            resident, staff = (line.split(": ", 1)[1] for line in lines[-2:])
            yield Told(kind, new, was, resident, staff)


TOLD = list(told())


@pytest.mark.parametrize("each", TOLD, ids=lambda each: f"{each.kind} {each.new[:60]}")
def test_sentence(each: Told) -> None:
    resident = HIDDEN if each.resident == "-" else each.resident
    given = (said(each.kind, each.new, each.old), said(each.kind, each.new, each.old, to="staff"))
    assert given == (resident, each.staff)
    assert faults_of(record(each.kind, each.new, each.old)) == []


def test_every_kind_has_its_own_last_sentence() -> None:
    bare = {each.kind: each for each in TOLD if (each.new, each.old) == ("null", "null")}
    assert bare.keys() == {f"{kind.target_type}/{kind.type}" for kind in WORDING.kinds}
    assert len({each.staff for each in bare.values()}) == len(bare)


def test_every_target_type_of_the_demo_is_known_with_all_that_is_commonly_done() -> None:
    types = {target: {kind.type for kind in WORDING.kinds if kind.target_type == target} for target, _ in WORDING.kinds}
    assert types.keys() == test_demo_history.TARGET_TYPES
    assert {target: {"create", "update", "delete", "migrate"} - done for target, done in types.items()} == {
        target: set() for target in types
    }


def test_every_type_of_transaction_that_the_demo_names_has_a_label_and_its_own_sentence() -> None:
    named = [*test_demo_history.PAYMENTS, *test_demo_history.REPAIRS, *test_demo_history.OTHERS]
    named += ["BasicRentNoVAT", "HousingBenefit", "SCBalancingCharge"]
    labels = tomllib.loads(FILE.read_text(encoding="utf-8"))["codes"]["transactionType"]

    assert labels.keys() >= set(named)
    others = [name for name in named if said("transaction/create", {"transactionType": name}).startswith("An entry")]
    assert others == []


def test_residents_see_what_is_theirs_and_no_import() -> None:
    kinds = WORDING.kinds_for("resident")
    assert {kind.target_type for kind in kinds} == FOR_RESIDENTS
    assert [kind for kind in kinds if kind.type == "migrate"] == []


def test_staff_see_every_kind_and_analysts_all_but_the_sensitive() -> None:
    sensitive = {kind for kind in WORDING.kinds if kind.target_type in WORDING.sensitive_targets}
    assert (set(WORDING.kinds_for("staff")), WORDING.kinds_hidden_from("staff")) == (set(WORDING.kinds), ())
    assert set(WORDING.kinds_for("analyst")) == set(WORDING.kinds) - sensitive
    assert set(WORDING.kinds_hidden_from("analyst")) == sensitive
    assert set(WORDING.kinds_hidden_from("resident")) == set(WORDING.kinds) - set(WORDING.kinds_for("resident"))


def test_an_unknown_kind_is_seen_by_all_but_residents() -> None:
    seen = {audience: WORDING.sees(record("widget/mend"), audience) for audience in ("resident", "staff", "analyst")}
    assert seen == {"resident": False, "staff": True, "analyst": True}


def test_the_data_of_a_sensitive_kind_is_told_only_to_those_who_may() -> None:
    alert: dict[str, Any] = {"cautionOnSystem": "Do not visit alone", "reason": "Review completed"}

    may = said("cautionaryAlert/end", alert, to="staff")
    may_not = [said("cautionaryAlert/end", alert, to=each, all=False) for each in ("staff", "analyst")]
    assert may == "Cautionary alert ended: Do not visit alone (Review completed)"
    assert may_not == ["Cautionary alert ended", "Something was recorded"]


def test_equality_information_and_alerts_are_the_sensitive_kinds() -> None:
    sensitive = set(WORDING.sensitive_targets)
    assert sensitive == {"personEqualityInformation", "cautionaryAlert"}


def test_groups_are_of_kinds_that_residents_see_and_each_value_is_a_known_code() -> None:
    codes = tomllib.loads(FILE.read_text(encoding="utf-8"))["codes"]["transactionType"]
    parts = [part for group in WORDING.groups for part in group.parts]

    assert {kind for part in parts for kind in part.kinds} <= set(WORDING.kinds_for("resident"))
    values = {value for part in parts if part.member == "transactionType" for value in part.values}
    assert values <= codes.keys()


def test_each_need_is_one_group() -> None:
    assert [group.slug for group in WORDING.groups] == [
        "rent-charged",
        "housing-benefit",
        "payments",
        "adjustments",
        "recharged-repairs",
        "estimated-service-charge",
        "balancing-charge",
        "major-works",
    ]


def test_labels_are_those_of_the_file_or_made() -> None:
    labels = WORDING.labels
    assert [labels.of_target_type(each) for each in ("contactDetails", "widgetCase")] == [
        "Contact details",
        "Widget case",
    ]
    assert [labels.of_type(each) for each in ("migrate", "boiler-check")] == ["Imported", "Boiler check"]
    assert [labels.of_domain(each) for each in ("HousingRegister", "BinsAndBulk")] == [
        "Housing register",
        "Bins and bulk",
    ]
    fields = [("tenure", "isActive"), ("cautionaryAlert", "isActive"), ("asset", "rootAsset"), ("asset", "uprn")]
    assert [labels.of_field(*each) for each in fields] == ["Tenure status", "Alert status", "Root asset", "UPRN"]


def test_kind_names_are_pairs_for_a_query() -> None:
    assert ("transaction", "create") in WORDING.kinds_for("resident")
    assert KindName("transaction", "create") == ("transaction", "create")
