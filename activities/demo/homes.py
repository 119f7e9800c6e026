"""What is told of homes and tenures: where they come from, who lives there, and what changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from activities.demo.scene import IMPORT, Row, Scene, activity, midnight
from activities.demo.world import Tenure, household_member, person

TYPES = {
    "INT": {"code": "INT", "description": "Introductory"},
    "SEC": {"code": "SEC", "description": "Secure"},
    "LEA": {"code": "LEA", "description": "Leasehold (RTB)"},
}
VISITS = ["Annual tenancy visit", "Welcome visit", "Arrears interview", "Estate inspection", "Welfare call"]


def home_rows(scene: Scene, tenure: Tenure, number: int) -> Iterator[Row]:
    if tenure.started == tenure.begins:
        yield _tenure_created(scene, tenure)
        yield from _became_secure(scene, tenure)
    elif not tenure.featured:
        yield from _imported(scene, tenure)
    if tenure.featured or scene.happens(0.3):
        yield from _household(scene, tenure, number)
    if tenure.featured or scene.happens(0.35):
        yield _asset_updated(scene, tenure)
    if tenure.featured or scene.happens(0.3):
        yield _visited(scene, tenure)
    if not tenure.featured and scene.happens(0.3):
        yield _reference_corrected(scene, tenure)


def _asset(tenure: Tenure) -> Row:
    home = tenure.home
    return {
        "id": home.id,
        "type": "Dwelling",
        "fullAddress": home.address,
        "uprn": home.uprn,
        "propertyReference": home.reference,
    }


def _tenure_created(scene: Scene, tenure: Tenure) -> Row:
    new = {
        "id": tenure.id,
        "paymentReference": tenure.payment_reference,
        "tenureType": TYPES["LEA" if tenure.leasehold else "INT"],
        "startOfTenureDate": midnight(tenure.started),
        "endOfTenureDate": None,
        "isActive": True,
        "tenuredAsset": _asset(tenure),
        "householdMembers": tenure.members(),
    }
    at = scene.office(tenure.begins)
    return activity("create", ("tenure", tenure.id), at, scene.official(), domain="Tenure", new=new)


def _became_secure(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    """After the first year; a later day than `now` is left out with everything else that has not happened."""
    if tenure.leasehold:
        return
    at = scene.office(tenure.begins + timedelta(days=368))
    old, new = {"tenureType": TYPES["INT"]}, {"tenureType": TYPES["SEC"]}
    yield activity("update", ("tenure", tenure.id), at, scene.official(), domain="Tenure", old=old, new=new)


def _imported(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    """Imports stamp all that they bring in one night with one moment, to the second."""
    night = tenure.begins - timedelta(days=tenure.begins.toordinal() % 90)
    night = max(night, scene.since.date() + timedelta(days=1))
    at = datetime.combine(night, time(19, 40, 27), UTC)
    yield activity("migrate", ("tenure", tenure.id), at, IMPORT, domain=None)
    yield activity("migrate", ("asset", tenure.home.id), at, IMPORT, domain=None, new=_asset(tenure))
    for member in tenure.people:
        yield activity("migrate", ("person", member.id), at, IMPORT, domain=None)


def _household(scene: Scene, tenure: Tenure, number: int) -> Iterator[Row]:
    day, target = scene.day(tenure.begins + timedelta(days=1)), ("tenurePerson", tenure.id)
    child = person(scene, number, "child", surname=tenure.people[0].surname, child=True)
    before = tenure.members()
    after = [household_member(child), *before]
    together = scene.identifier("household", number)
    yield activity(
        "create",
        target,
        scene.office(day),
        scene.official(),
        domain="Tenure",
        old={"householdMembers": before},
        new={"householdMembers": after},
        together=together,
    )
    if tenure.featured or scene.happens(0.4):
        later = day + timedelta(days=scene.rng.randrange(3, 60))
        mended = [{**after[0], "dateOfBirth": midnight(child.born + timedelta(days=30))}, *before]
        yield activity(
            "update",
            target,
            scene.office(later),
            scene.official(),
            domain="Tenure",
            old={"householdMembers": after},
            new={"householdMembers": mended},
        )
    if not tenure.featured and scene.happens(0.25):
        left = day + timedelta(days=scene.rng.randrange(100, 400))
        yield activity(
            "delete",
            target,
            scene.office(left),
            scene.official(),
            domain="Tenure",
            old={"householdMembers": after},
            new={"householdMembers": before},
        )


def _asset_updated(scene: Scene, tenure: Tenure) -> Row:
    rooms = tenure.home.bedrooms
    old: Row = {"assetCharacteristics": {"numberOfBedrooms": rooms, "hasStairs": None, "heating": "Gas"}}
    new: Row = {
        "assetCharacteristics": {
            "numberOfBedrooms": rooms,
            "hasStairs": scene.happens(0.5),
            "heating": scene.one(["Gas", "Electric", "Communal"]),
        }
    }
    at, target = scene.office(scene.day(tenure.begins)), ("asset", tenure.home.id)
    return activity("update", target, at, scene.official(), domain="Asset", old=old, new=new)


def _visited(scene: Scene, tenure: Tenure) -> Row:
    at = scene.office(scene.day(tenure.begins))
    new = {
        "id": scene.identifier("visit", tenure.id),
        "activity": scene.one(VISITS),
        "outcome": scene.one(["Tenant seen", "No answer, card left", "Rearranged"]),
        "completedAt": midnight(at.date()),
    }
    return activity("create", ("tenureActivity", tenure.id), at, scene.official(), domain="Notes", new=new)


def _reference_corrected(scene: Scene, tenure: Tenure) -> Row:
    at = scene.office(scene.day(tenure.begins))
    old = {"paymentReference": None, "isActive": True}
    new = {"paymentReference": tenure.payment_reference, "isActive": True}
    return activity("update", ("tenure", tenure.id), at, scene.official(), domain="Tenure", old=old, new=new)
