"""The homes, tenures and people whose history is made up, knit together by their ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid5

from activities.demo.names import (
    CULTURES,
    NEIGHBOURHOODS,
    OUTWARD_CODES,
    STAFF,
    STAFF_WITHOUT_ID,
    STREETS,
)
from activities.demo.samples import Samples
from activities.demo.scene import NAMESPACE, Author, Row, Scene, midnight

DEMO_TENURE_ID = "7d37c671-e9f7-52c9-9b6e-f6fbb33487ef"
DEMO_PERSON_ID = "f7f52fe1-53b8-547c-9058-32905c5f8997"
DEMO_PROPERTY_ID = "dfc387bb-ce70-5dd4-a75b-fc69d9031690"
DEMO_LEASE_ID = "e4e53eee-cffe-5076-9182-d139c03e4cea"

TENURES = 300
WITHOUT_DECOMPOSITION = {0x131: "i", 0x141: "L", 0x142: "l"}
LEASES = 70


@dataclass(slots=True)
class Person:
    id: str
    title: str
    first: str
    surname: str
    born: date
    birthplace: str
    ethnicity: str

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.surname}"

    @property
    def mailbox(self) -> str:
        spelt = f"{self.first[0]}.{self.surname}".translate(WITHOUT_DECOMPOSITION)
        plain = unicodedata.normalize("NFKD", spelt)
        return "".join(letter for letter in plain.lower() if letter.isascii() and letter not in " '")


@dataclass(frozen=True, slots=True)
class Home:
    id: str
    address: str
    postcode: str
    reference: str
    uprn: str
    neighbourhood: str
    bedrooms: int


@dataclass(slots=True)
class Tenure:
    """`begins` is the first day that its history tells of; `started` may lie long before."""

    id: str
    leasehold: bool
    home: Home
    people: list[Person]
    payment_reference: str
    rent: int
    started: date
    begins: date
    featured: bool = False

    def members(self) -> list[Row]:
        first, *others = self.people
        holder = "Leaseholder" if self.leasehold else "Tenant"
        return [household_member(first, holder), *map(household_member, others)]


@dataclass(slots=True)
class World:
    tenures: list[Tenure] = field(default_factory=list)

    def people(self) -> Iterator[tuple[Person, Tenure]]:
        for tenure in self.tenures:
            for person in tenure.people:
                yield person, tenure


def household_member(person: Person, place: str = "HouseholdMember") -> Row:
    return {
        "id": person.id,
        "type": "Person",
        "fullName": person.full_name,
        "isResponsible": place != "HouseholdMember",
        "dateOfBirth": midnight(person.born),
        "personTenureType": place,
    }


def staff() -> list[Author]:
    with_id: list[Author] = [
        {"id": str(uuid5(NAMESPACE, f"staff/{name}")), "fullName": name, "email": _address(name)} for name in STAFF
    ]
    return with_id + [{"id": None, "fullName": name, "email": _address(name)} for name in STAFF_WITHOUT_ID]


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@council.example"


def build_world(scene: Scene, samples: Samples) -> World:
    world = World([_demo_tenure(scene), _demo_lease(scene, samples)])
    for number in range(len(world.tenures), TENURES):
        world.tenures.append(_tenure(scene, number))
    return world


def person(scene: Scene, *parts: object, surname: str | None = None, child: bool = False) -> Person:
    women, men, surnames, birthplaces, ethnicity = scene.one(CULTURES)
    woman = scene.happens(0.55)
    age = scene.rng.randrange(1, 18) if child else scene.rng.randrange(19, 88)
    return Person(
        id=scene.identifier("person", *parts),
        title=scene.one(["Mrs", "Ms", "Miss"] if woman else ["Mr"]),
        first=scene.one(women if woman else men),
        surname=surname or scene.one(surnames),
        born=scene.since.date() - timedelta(days=age * 365 + scene.rng.randrange(365)),
        birthplace=scene.one(birthplaces),
        ethnicity=ethnicity,
    )


def _home(scene: Scene, number: int) -> Home:
    flat, postcode = number // len(STREETS) + 1, f"{scene.one(OUTWARD_CODES)} {number % 9 + 1}ZZ"
    return Home(
        id=scene.identifier("home", number),
        address=f"Flat {flat}, {STREETS[number % len(STREETS)]}, {postcode}",
        postcode=postcode,
        reference=f"{30_000 + number:08}",
        uprn=f"100021099{number:03}",
        neighbourhood=scene.one(NEIGHBOURHOODS),
        bedrooms=scene.one([1, 1, 2, 2, 2, 3, 3, 4]),
    )


def _tenure(scene: Scene, number: int) -> Tenure:
    leasehold = number < LEASES
    home = _home(scene, number)
    first = person(scene, number, 0)
    people = [first]
    if scene.happens(0.35):
        people.append(person(scene, number, 1, surname=first.surname if scene.happens(0.6) else None))
    whole = scene.happens(0.3 if leasehold else 0.12)
    begins = scene.since.date() if whole else _begins(scene, leasehold=leasehold)
    is_new = not whole and scene.happens(0.5)
    return Tenure(
        id=scene.identifier("tenure", number),
        leasehold=leasehold,
        home=home,
        people=people,
        payment_reference=f"{22 if leasehold else 19}{scene.rng.randrange(10**8):08}",
        rent=8_400 + 1_450 * home.bedrooms + scene.rng.randrange(2_200),
        started=begins if is_new else _long_before(scene, begins, first),
        begins=begins,
    )


def _long_before(scene: Scene, begins: date, tenant: Person) -> date:
    of_age = tenant.born + timedelta(days=18 * 366)
    return max(begins - timedelta(days=scene.rng.randrange(200, 9_000)), of_age)


def _begins(scene: Scene, *, leasehold: bool) -> date:
    """Most histories are shorter than two years: tenancies begin, and offices join one after another."""
    weeks_ago = scene.rng.randrange(26, 104) if leasehold else int(6 + 56 * scene.rng.random() ** 1.3)
    return scene.now.date() - timedelta(weeks=weeks_ago)


def _demo_tenure(scene: Scene) -> Tenure:
    ngozi = Person(DEMO_PERSON_ID, "Mrs", "Ngozi", "Okafor-Bell", date(1979, 6, 18), "Enugu", "Black African")
    adrian = Person(
        scene.identifier("person", "demo"),
        "Mr",
        "Adrian",
        "Bell",
        date(1976, 2, 3),
        "London",
        "White British",
    )
    address = "Flat 14, 22 Dorset Walk, E8 4ZZ"
    home = Home(DEMO_PROPERTY_ID, address, "E8 4ZZ", "00029814", "100021099999", "Wick Marsh", 2)
    since = scene.since.date()
    started = since - timedelta(days=1_400)
    return Tenure(DEMO_TENURE_ID, False, home, [ngozi, adrian], "1912634501", 12_844, started, since, featured=True)


def _demo_lease(scene: Scene, samples: Samples) -> Tenure:
    """Its account goes on where the samples leave it."""
    home, begins = _home(scene, 1), samples.day(2025, 7, 2)
    people = [person(scene, "lease")]
    return Tenure(DEMO_LEASE_ID, True, home, people, "2280017744", 0, begins - timedelta(days=3_000), begins, True)
