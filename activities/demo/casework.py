"""What is told of processes, contracts, housing applications and patches, and of kinds nobody announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from activities.demo.names import NEIGHBOURHOODS
from activities.demo.scene import Row, Scene, activity, midnight, pounds, stamp
from activities.demo.world import Tenure, World

STATES = {
    "soletojoint": [
        "SelectTenants",
        "AutomatedChecksPassed",
        "ManualChecksPassed",
        "BreachChecksPassed",
        "DocumentsRequestedAppointment",
        "DocumentChecksPassed",
        "ApplicationSubmitted",
        "HOApprovalPassed",
        "TenureUpdated",
    ],
    "changeofname": [
        "EnterNewName",
        "NameSubmitted",
        "DocumentsRequestedDes",
        "DocumentChecksPassed",
        "NameUpdated",
    ],
}
UNANNOUNCED: list[tuple[str, str, Row]] = [
    ("grant", "petPermission", {"animal": "Cat", "howMany": 1}),
    ("issue", "keySafe", {"place": "Left of the front door", "codeGivenTo": "Care provider"}),
    ("wibble", "parkingBay", {"bay": "P17", "colour": "blue"}),
]


def casework_rows(scene: Scene, world: World) -> Iterator[Row]:
    for number, tenure in enumerate(world.tenures):
        if tenure.featured or scene.happens(0.25):
            yield from _process(scene, tenure)
        if number % 20 == 5:
            yield from _contract(scene, tenure)
        if tenure.featured or number % 6 == 2:
            yield from _application(scene, tenure)
        if tenure.featured or number % 10 == 7:
            yield _unannounced(scene, tenure, number)
    for number in range(len(NEIGHBOURHOODS) * 2):
        yield from _patch(scene, number)


def _process(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    name = "changeofname" if scene.happens(0.4) else "soletojoint"
    of_person = name == "changeofname"
    owner = ("person", tenure.people[0].id) if of_person else ("tenure", tenure.id)
    process = scene.identifier("process", tenure.id)
    day = scene.day(tenure.begins)
    at = scene.office(day)
    state, *states = STATES[name]
    started = {"id": process, "processName": name, "targetType": owner[0], "targetId": owner[1]}
    yield activity("create", owner, at, scene.official(), domain="Processes", new=started, together=process)
    old: Row = {"state": state, "stateData": None, "stateStartedAt": stamp(at)}
    for following in states[: scene.rng.randrange(1, len(states) + 1)]:
        day += timedelta(days=scene.rng.randrange(3, 12))
        at = scene.office(day)
        data = None
        if following == "DocumentsRequestedAppointment":
            data = {"appointmentDateTime": f"{day + timedelta(days=8)}T10:30:00Z"}
        new: Row = {"state": following, "stateData": data, "stateStartedAt": stamp(at)}
        yield activity(
            "update",
            ("process", process),
            at,
            scene.official(),
            domain="Processes",
            old=old,
            new=new,
            together=process,
        )
        old = new


def _contract(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    contract, day = scene.identifier("contract", tenure.id), scene.day(tenure.begins)
    nightly = scene.rng.randrange(4_500, 9_500)
    new: Row = {
        "id": contract,
        "targetType": "asset",
        "targetId": tenure.home.id,
        "startDate": midnight(day),
        "endDate": None,
        "charges": [{"id": scene.identifier("fee", tenure.id), "frequency": "Nightly", "amount": pounds(nightly)}],
    }
    target = ("contract", contract)
    yield activity("create", target, scene.office(day), scene.official(), domain="Contract", new=new)
    dearer = [{**new["charges"][0], "amount": pounds(nightly + 350)}]
    at = scene.office(day + timedelta(days=scene.rng.randrange(60, 300)))
    old, changed = {"charges": new["charges"]}, {"charges": dearer}
    yield activity("update", target, at, scene.official(), domain="Contract", old=old, new=changed)


def _application(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    application, day = scene.identifier("application", tenure.id), scene.day(tenure.begins)
    target, official = ("housingApplication", application), scene.official()
    new: Row = {
        "id": application,
        "status": "Submitted",
        "mainApplicant": {"id": tenure.people[0].id, "fullName": tenure.people[0].full_name},
        "assessment": {"band": None, "bedroomNeed": tenure.home.bedrooms + 1},
    }
    yield activity("create", target, scene.office(day), official, domain="HousingRegister", new=new)
    status, band = "Submitted", None
    for following in ("Under review", "Active", "Housed")[: scene.rng.randrange(1, 4)]:
        day += timedelta(days=scene.rng.randrange(15, 90))
        old = {"status": status, "assessment": {"band": band}}
        status, band = following, scene.one(["A", "B", "C"]) if following == "Active" else band
        changed = {"status": status, "assessment": {"band": band}}
        at = scene.office(day)
        yield activity("update", target, at, official, domain="HousingRegister", old=old, new=changed)


def _patch(scene: Scene, number: int) -> Iterator[Row]:
    patch = scene.identifier("patch", number)
    name = f"{NEIGHBOURHOODS[number // 2][:2].upper()}{number % 2 + 1}"
    holder = _holder(scene, 0)
    for months in range(3, 24, 4):
        day = scene.since.date() + timedelta(days=30 * months + scene.rng.randrange(90))
        following = _holder(scene, day.toordinal())
        old = {"name": name, "responsibleEntities": [holder]}
        new = {"name": name, "responsibleEntities": [following]}
        at, target = scene.office(day), ("patchesAndAreas", patch)
        yield activity("update", target, at, scene.official(), domain="PatchesAndAreas", old=old, new=new)
        holder = following


def _holder(scene: Scene, number: int) -> Row:
    official = scene.official()
    return {
        "id": official["id"] or scene.identifier("officer", official["fullName"]),
        "name": official["fullName"],
        "responsibleType": "HousingOfficer",
    }


def _unannounced(scene: Scene, tenure: Tenure, number: int) -> Row:
    kind, what, data = UNANNOUNCED[number % len(UNANNOUNCED)]
    new = {**data, "validFrom": midnight(tenure.begins)}
    at = scene.office(scene.day(tenure.begins))
    return activity(kind, (what, tenure.id), at, scene.official(), domain="Estates", new=new)
