from __future__ import annotations

from typing import Any

import pytest

from tests.activities.wording.records import said

RENT = {"type": "Rent", "frequency": "Weekly", "amount": 128.44}
CLEANING = {"subType": "Cleaning", "frequency": "Yearly", "amount": 214.6}
GROUNDS = {"subType": "Grounds", "frequency": "Yearly", "amount": 88.15}


@pytest.mark.parametrize(
    "charges",
    [
        [CLEANING, {**GROUNDS, "frequency": "Weekly"}],
        [CLEANING, {"subType": "Grounds", "amount": 88.15}],
        [{**CLEANING, "frequency": "Now and then"}],
        [{**CLEANING, "frequency": ["Yearly"]}],
        [CLEANING, {**GROUNDS, "amount": None}],
        [CLEANING, "Grounds"],
        [],
        "CLEANING",
    ],
)
def test_what_cannot_be_added_up_is_not(charges: Any) -> None:
    new = {"chargeSubGroup": "Estimate", "chargeYear": 2025, "detailedCharges": charges}
    assert said("charge/create", new) == "Your service charge for 2025 to 2026 was estimated"


def test_amounts_that_are_for_no_stated_time_are_added_up_as_they_are() -> None:
    new = {"chargeSubGroup": "Estimate", "detailedCharges": [{"amount": "0.10"}, {"amount": 0.2}]}
    assert said("charge/create", new) == "Your service charge was estimated at £0.30"


def test_a_long_sum_is_exact() -> None:
    charges = [{"amount": "1" * 60}, {"amount": "0.01"}]
    new = {"chargeSubGroup": "Estimate", "detailedCharges": charges}
    assert said("charge/create", new) == f"Your service charge was estimated at £{','.join(['111'] * 20)}.01"


def household(*people: tuple[int, str]) -> dict[str, Any]:
    return {"householdMembers": [{"id": id, "fullName": name} for id, name in people]}


def test_members_with_ids_are_the_same_whatever_they_are_called_and_wherever_they_stand() -> None:
    old, new = household((1, "Ngozi Okafor"), (2, "Ike Bell")), household((3, "Kofi Bell"), (2, "Isaac Bell"), (1, "N"))
    assert said("tenurePerson/create", new, old, to="staff") == "Added to the household: Kofi Bell"


def test_members_without_ids_are_the_same_by_name() -> None:
    old = {"consolidatedCharges": [{"type": "Rent", "amount": 1}, {"type": "Garage"}, {"type": "Heating"}]}
    new = {"consolidatedCharges": [{"type": "Heating"}, {"type": "Rent", "amount": 2}]}
    assert said("account/update", new, old) == "You are no longer charged for Garage"


@pytest.mark.parametrize("other", [{"type": None}, {"type": "x" * 201}, {}, "Garage"])
def test_members_that_cannot_be_named_are_not(other: Any) -> None:
    old, new = {"consolidatedCharges": [RENT, other]}, {"consolidatedCharges": [RENT]}
    assert said("account/update", new, old) == "Your regular charges were changed"


def test_a_list_that_only_one_document_has_did_not_get_or_lose_members() -> None:
    assert said("account/update", {"reason": "Error"}, {"consolidatedCharges": [RENT]}) == (
        "Your account was adjusted: Error"
    )
    assert said("account/update", {"consolidatedCharges": [RENT]}, None) == "Your regular charges were changed"
