"""What is told of people: who they are, how to reach them, equality information and cautionary alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from activities.demo.names import LANGUAGES
from activities.demo.scene import Author, Row, Scene, activity, midnight
from activities.demo.world import Home, Person, Tenure

NO_ID = "00000000-0000-0000-0000-000000000000"
EQUALITY = {
    "religionOrBelief": ["No religion", "Muslim", "Christian", "Jewish", "Prefer not to say"],
    "sexualOrientation": ["Heterosexual", "Gay or lesbian", "Bisexual", "Prefer not to say"],
    "disabled": ["Yes", "No", "Prefer not to say"],
    "caringResponsibilities": ["Yes", "No"],
    "pregnancyOrMaternity": ["No", "Prefer not to say"],
}
ALERTS = [
    ("DC", "Do not visit alone", "Review completed, risk no longer present"),
    ("DO", "Dog on the premises", "Dog has been rehomed"),
    ("VA", "Verbal abuse of staff", "Review completed, no further incident"),
    ("HS", "Hoarding, take care at the door", "Home cleared with support"),
]


def person_rows(scene: Scene, person: Person, tenure: Tenure) -> Iterator[Row]:
    known = tenure.featured
    if not known and tenure.started == tenure.begins:
        yield _created(scene, person, tenure)
    later = tenure.begins + timedelta(days=70 if known else 1)
    yield from _contact_details(scene, person, later, 5 if known else scene.one([1, 2, 2, 3, 4]))
    if known or scene.happens(0.45):
        yield from _changes(scene, person, later)
    if known or scene.happens(0.35):
        yield from _equality(scene, person, later)
    if known or scene.happens(0.12):
        yield from _alert(scene, person, tenure.home, later)


def _row(kind: str, what: str, domain: str, person: Person, at: datetime, author: Author, *data: Row | None) -> Row:
    old, new = data
    keep = "P7Y" if what == "cautionaryAlert" else None
    return activity(kind, (what, person.id), at, author, domain=domain, old=old, new=new, keep=keep)


def _created(scene: Scene, person: Person, tenure: Tenure) -> Row:
    at = scene.office(tenure.begins)
    new = {
        "id": person.id,
        "title": person.title,
        "preferredTitle": None,
        "preferredFirstName": None,
        "preferredSurname": None,
        "firstName": person.first,
        "middleName": None,
        "surname": person.surname,
        "placeOfBirth": person.birthplace,
        "dateOfBirth": midnight(person.born),
        "personTypes": ["Leaseholder" if tenure.leasehold else "Tenant"],
        "tenures": [{"id": tenure.id, "type": "Leasehold" if tenure.leasehold else "Secure"}],
    }
    return _row("create", "person", "Person", person, at, scene.official(), None, new)


def _changes(scene: Scene, person: Person, first: date) -> Iterator[Row]:
    """Each kind of change at most once, so that what is old in one record is not news in another."""
    kinds: list[tuple[Row, Row]] = [
        ({"preferredFirstName": None}, {"preferredFirstName": person.first[:3]}),
        ({"placeOfBirth": None}, {"placeOfBirth": person.birthplace}),
        ({"languages": []}, {"languages": [{"language": scene.one(LANGUAGES), "isPrimary": True}]}),
        ({"preferredTitle": None}, {"preferredTitle": scene.one(["Dr", "Mx", "Ms"])}),
        (
            {"dateOfBirth": midnight(person.born - timedelta(days=9))},
            {"dateOfBirth": midnight(person.born)},
        ),
        (
            {"identifications": []},
            {"identifications": [{"identificationType": "Passport", "isOriginalDocumentSeen": True}]},
        ),
    ]
    if "-" not in person.surname:
        married = f"{person.surname}-{scene.one(['Hart', 'Lane', 'Moss'])}"
        kinds.append(({"surname": person.surname}, {"surname": married}))
    scene.rng.shuffle(kinds)
    for day, (old, new) in zip(scene.days(scene.one([1, 1, 2, 3]), first), kinds, strict=False):
        yield _row("update", "person", "Person", person, scene.office(day), scene.official(), old, new)


def _contact_details(scene: Scene, person: Person, first: date, count: int) -> Iterator[Row]:
    empty: Row = {"id": NO_ID, "value": None, "contactType": 0, "description": None}
    for place, day in enumerate(scene.days(count, first)):
        at, official = scene.office(day), scene.official()
        detail = _detail(scene, person, place)
        yield _row("create", "contactDetails", "ContactDetails", person, at, official, empty, detail)
        if scene.happens(0.25):
            better = detail | {"description": scene.one(["Best in the morning", "Preferred", "Work"])}
            at = scene.office(day + timedelta(days=scene.rng.randrange(20, 200)))
            yield _row("update", "contactDetails", "ContactDetails", person, at, official, detail, better)
        elif scene.happens(0.3):
            at = scene.office(day + timedelta(days=scene.rng.randrange(30, 300)))
            yield _row("delete", "contactDetails", "ContactDetails", person, at, scene.official(), detail, empty)


def _detail(scene: Scene, person: Person, place: int) -> Row:
    """Numbers are of the ranges that Ofcom keeps for drama, and example.org takes no mail."""
    number = int(scene.rng.random() * 1000)
    kind = scene.one([0, 0, 0, 1, 1, 2])
    if kind == 0:
        value, description = scene.one(
            [
                (f"07700 900{number:03}", "Mobile"),
                (f"07700 900{number:03}", "Mobile, after 5pm"),
                (f"020 7946 0{number:03}", "Home"),
            ]
        )
    elif kind == 1:
        value, description = f"{person.mailbox}{number % 90 + 10}@example.org", "Personal"
    else:
        value, description = (
            f"{number % 80 + 1} Larch Road, E9 {number % 9 + 1}ZZ",
            "Letters, care of sister",
        )
    identifier = scene.identifier("contact", person.id, place)
    return {"id": identifier, "value": value, "contactType": kind, "description": description}


def _equality(scene: Scene, person: Person, first: date) -> Iterator[Row]:
    day = scene.day(first)
    new: Row = {
        "id": scene.identifier("equality", person.id),
        "targetId": person.id,
        "ageGroup": _age_group((day - person.born).days // 365),
        "gender": "Man" if person.title == "Mr" else "Woman",
        "ethnicity": person.ethnicity,
    }
    new |= {name: scene.one(answers) for name, answers in EQUALITY.items()}
    what, domain = "personEqualityInformation", "EqualityInformation"
    yield _row("create", what, domain, person, scene.office(day), scene.official(), None, new)
    if scene.happens(0.3):
        name = scene.one(["disabled", "caringResponsibilities"])
        again = next(answer for answer in EQUALITY[name] if answer != new[name])
        at = scene.office(day + timedelta(days=90))
        yield _row("update", what, domain, person, at, scene.official(), {name: new[name]}, {name: again})


def _age_group(age: int) -> str:
    first = (age - 5) // 10 * 10 + 5
    return f"{first}-{first + 9}"


def _alert(scene: Scene, person: Person, home: Home, first: date) -> Iterator[Row]:
    code, caution, why_ended = scene.one(ALERTS)
    day = scene.day(first)
    new: Row = {
        "alertId": scene.identifier("alert", person.id),
        "address": home.address,
        "neighbourhood": home.neighbourhood,
        "dateOfIncident": (day - timedelta(days=scene.rng.randrange(1, 12))).isoformat(),
        "code": code,
        "cautionOnSystem": caution,
        "propertyReference": home.reference,
        "uprn": home.uprn,
        "personName": person.full_name,
        "mmhid": person.id,
        "assureReference": f"A-{scene.rng.randrange(21_000, 29_999)}",
        "isActive": True,
        "endDate": None,
    }
    what, domain = "cautionaryAlert", "CautionaryAlert"
    yield _row("create", what, domain, person, scene.office(day), scene.official(), None, new)
    if scene.happens(0.6):
        at = scene.office(day + timedelta(days=scene.rng.randrange(90, 400)))
        ended = new | {"reason": why_ended, "isActive": False, "endDate": midnight(at.date())}
        yield _row("end", what, domain, person, at, scene.official(), None, ended)
