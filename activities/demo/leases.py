"""Leaseholders' accounts: estimates, the bills and payments for them, balancing charges and major works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from activities.demo.ledger import KEPT, Posting
from activities.demo.scene import (
    CHARGES_API,
    HOME_OWNERSHIP,
    ONLINE_PAYMENTS,
    RENT_BATCH,
    Author,
    Row,
    Scene,
    activity,
    midnight,
    pounds,
)
from activities.demo.world import Tenure

# Service, what it is shared by, and about how many pence a year it costs one home.
SERVICES = [
    ("Block Cleaning", "Block", 21_460),
    ("Grounds Maintenance", "Estate", 8_815),
    ("Block Repairs", "Block", 31_200),
    ("Lift Maintenance", "Block", 17_930),
    ("Communal Electricity", "Block", 12_275),
    ("Buildings Insurance", "Property", 19_640),
    ("Management Fee", "Property", 24_010),
]
PROJECTS = [
    ("MW-0417", "Roof renewal and external decoration, Blocks 1 to 40", 421_055),
    ("MW-0422", "Window renewal, Thornfield Estate", 688_210),
    ("MW-0431", "Lift renewal, Juniper Tower", 295_780),
    ("MW-0440", "Fire doors and emergency lighting", 184_325),
]


def lease_rows(scene: Scene, tenure: Tenure) -> Iterator[Row]:
    for year in _years(scene):
        yield from _estimate(scene, tenure, year)
    if tenure.featured:
        yield from _major_works(scene, tenure, tenure.begins, 0, created=False)
    elif scene.happens(0.3):
        yield from _major_works(scene, tenure, scene.day(), scene.rng.randrange(len(PROJECTS)), created=True)


def _years(scene: Scene) -> range:
    return range(scene.since.year - 1, scene.now.year + 2)


def yearly(tenure: Tenure, year: int) -> list[int]:
    """The pence a year of each service; homes differ by their size, years by prices."""
    factor = (85 + 9 * tenure.home.bedrooms) * (100 + 3 * (year % 7))
    return [pence * factor // 10_000 for _, _, pence in SERVICES]


def _estimate(scene: Scene, tenure: Tenure, year: int) -> Iterator[Row]:
    at = scene.night(date(year, 3, 18) + timedelta(days=scene.rng.randrange(3)))
    if at < scene.since:
        return
    details = [
        {
            "type": "Service",
            "subType": name,
            "chargeType": shared_by,
            "frequency": "Yearly",
            "amount": pounds(pence),
            "startDate": midnight(date(year, 4, 1)),
            "endDate": midnight(date(year + 1, 3, 31)),
        }
        for (name, shared_by, _), pence in zip(SERVICES, yearly(tenure, year), strict=True)
    ]
    new = {
        "chargeGroup": "Leaseholders",
        "chargeSubGroup": "Estimate",
        "chargeYear": year,
        "detailedCharges": details,
    }
    run = f"estimates-{year}"
    yield activity(
        "create",
        ("charge", tenure.id),
        at,
        CHARGES_API,
        domain="Finance",
        new=new,
        keep=KEPT,
        together=run,
    )


def lease_postings(scene: Scene, tenure: Tenure) -> Iterator[Posting]:
    monthly = scene.happens(0.55)
    for year in _years(scene):
        total = sum(yearly(tenure, year))
        for month in (4, 7, 10, 13):
            day = date(year + month // 13, (month - 1) % 12 + 1, 1)
            more = {"description": "Service charge for the quarter, by estimate"}
            yield Posting(scene.night(day), "ServiceCharges", RENT_BATCH, charged=total // 4, more=more)
            yield from _payments(scene, day, total // 4, monthly=monthly)
        yield from _balancing(scene, year, total)


def _payments(scene: Scene, quarter: date, amount: int, *, monthly: bool) -> Iterator[Posting]:
    if monthly:
        for place in range(3):
            day = quarter + timedelta(days=14 + 31 * place)
            part = amount // 3
            more = {"transactionSource": "DD"}
            yield Posting(scene.night(day), "DirectDebit", RENT_BATCH, paid=part, more=more)
            if scene.happens(0.02):
                back = scene.night(day + timedelta(days=3))
                yield Posting(back, "DirectDebitUnpaid", RENT_BATCH, charged=part, more=more)
        return
    if scene.happens(0.9):
        day = quarter + timedelta(days=scene.rng.randrange(5, 60))
        if scene.happens(0.7):
            yield Posting(scene.evening(day), "DebitOrCreditCard", ONLINE_PAYMENTS, paid=amount)
        else:
            yield Posting(scene.night(day), "BankPayment", RENT_BATCH, paid=amount)


def _balancing(scene: Scene, year: int, estimated: int) -> Iterator[Posting]:
    """In September, for the year that ended in March."""
    actual = estimated * scene.rng.randrange(90, 118) // 100
    at = scene.office(date(year + 1, 9, 15) + timedelta(days=scene.rng.randrange(10)))
    more = {"chargeYear": year, "estimated": pounds(estimated), "actual": pounds(actual)}
    yield Posting(at, "SCBalancingCharge", CHARGES_API, charged=actual - estimated, more=more)
    if scene.happens(0.12):
        amount = scene.rng.randrange(800, 6_500)
        why = {"description": "Block cleaning missed for four weeks"}
        later = scene.office(at.date() + timedelta(days=30))
        yield Posting(later, "SCAdjustment", scene.official(), charged=-amount, more=why)


def _major_works(scene: Scene, tenure: Tenure, day: date, place: int, *, created: bool) -> Iterator[Row]:
    """The account of the works, then what each instalment leaves. Only the samples' lease has one already."""
    reference, description, charged = PROJECTS[place]
    instalments = scene.one([12, 24, 36]) if created else 36
    instalment = charged // instalments
    known: Row = {
        "transactionType": "MajorWorksCapital",
        "projectReference": reference,
        "description": description,
        "chargedAmount": pounds(charged),
    }
    link = f"https://payments.council.example/major-works/{reference}"
    agreed: Row = {
        "paymentPlan": {"instalments": instalments, "amount": pounds(instalment)},
        "paymentUrl": link,
    }

    def row(kind: str, at: datetime, author: Author, new: Row, old: Row | None = None) -> Row:
        target = ("majorWorks", tenure.id)
        return activity(kind, target, at, author, domain="Finance", old=old, new=new, keep="P12Y")

    balance = charged
    if created:
        first = {**known, "balanceAmount": pounds(balance), "paymentPlan": None, "paymentUrl": link}
        yield row("create", scene.office(day), HOME_OWNERSHIP, first)
        chosen = scene.office(day + timedelta(days=21))
        old = {"paymentPlan": None, "balanceAmount": pounds(balance)}
        yield row("update", chosen, scene.official(), {**known, **agreed, "balanceAmount": pounds(balance)}, old)
    for month in range(1, instalments):
        old = {"balanceAmount": pounds(balance)}
        balance -= instalment
        new = {**known, **agreed, "paidAmount": pounds(instalment), "balanceAmount": pounds(balance)}
        yield row("update", scene.night(day + timedelta(days=24 + 30 * month)), RENT_BATCH, new, old)
