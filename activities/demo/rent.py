"""Tenants' accounts: rent, housing benefit, payments, and what staff put right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from activities.demo.ledger import Posting, charge
from activities.demo.scene import ONLINE_PAYMENTS, RENT_BATCH, Author, Scene, financial_year
from activities.demo.world import Tenure

# How a tenant pays, how common that is, how many weeks one payment is for, and where it comes from.
PAYERS = [
    ("DirectDebit", 40, 4, "DD"),
    ("StandingOrder", 10, 4, "SO"),
    ("PayPointPostOffice", 14, 2, "PPT"),
    ("DebitOrCreditCard", 16, 4, "WEB"),
    ("BankPayment", 8, 4, "BGC"),
    ("UniversalCreditRec", 12, 4, "DWP"),
]
SERVICES = [
    ("Garage (Attached)", 1_605, "Garage let ended {day:%d/%m/%Y}, two weeks written off"),
    ("Communal Heating", 1_120, "Communal heating cancelled from {day:%d/%m/%Y}, two weeks given back"),
    ("TV Aerial", 95, "Shared TV aerial service cancelled from {day:%d/%m/%Y}"),
    ("Concierge", 840, "Concierge withdrawn from the block on {day:%d/%m/%Y}"),
]


def rent_postings(scene: Scene, tenure: Tenure) -> Iterator[Posting]:
    """`begins` need not be a rent day; everything is up to `now` or a little later."""
    days = rent_days(scene, tenure.begins)
    benefit = _benefit(scene, tenure)
    for day in days:
        yield from _weekly(scene, tenure, day, benefit)
    yield from _reviews(scene, tenure, days)
    yield from _payments(scene, tenure, days, benefit)
    yield from _put_right(scene, tenure, days, benefit)


def rent_days(scene: Scene, first: date) -> list[date]:
    start = first + timedelta(days=(scene.rent_day - first).days % 7)
    weeks = (scene.now.date() - start).days // 7 + 1
    return [start + timedelta(weeks=week) for week in range(weeks)]


def _benefit(scene: Scene, tenure: Tenure) -> int:
    """Pence a week; none for most. The samples say how much for the featured tenure."""
    if tenure.featured:
        return 96_20
    return round(tenure.rent * scene.one([0.5, 0.75, 0.75, 0.9])) if scene.happens(0.28) else 0


def rent(scene: Scene, tenure: Tenure, day: date) -> int:
    if tenure.featured:
        return tenure.rent
    years = financial_year(day) - financial_year(scene.since.date())
    return round(tenure.rent * 1.027**years)


def _weekly(scene: Scene, tenure: Tenure, day: date, benefit: int) -> Iterator[Posting]:
    at, run = scene.night(day), f"rent-run-{day}"
    yield Posting(at, "BasicRentNoVAT", RENT_BATCH, charged=rent(scene, tenure, day), together=run)
    if benefit:
        later = at + timedelta(seconds=1.5)
        yield Posting(later, "HousingBenefit", RENT_BATCH, benefit=benefit, together=run)


def _reviews(scene: Scene, tenure: Tenure, days: list[date]) -> Iterator[Posting]:
    for before, day in pairwise(days):
        old, new = rent(scene, tenure, before), rent(scene, tenure, day)
        if old != new:
            yield Posting(
                scene.night(day - timedelta(days=1)),
                "account",
                RENT_BATCH,
                more={"consolidatedCharges": [charge("Rent", new)], "reason": f"Rent review {day.year}"},
                charges_before=[charge("Rent", old)],
            )


def _payments(scene: Scene, tenure: Tenure, days: list[date], benefit: int) -> Iterator[Posting]:
    if tenure.featured:
        kind, weeks, source = "DirectDebit", 4, "DD"
    else:
        names = scene.rng.choices(PAYERS, weights=[payer[1] for payer in PAYERS])
        kind, _, weeks, source = names[0]
    due = 0
    for week, day in enumerate(days):
        due += rent(scene, tenure, day) - benefit
        if week % weeks or scene.happens(0.05):
            continue
        paid = due if kind in {"DirectDebit", "UniversalCreditRec"} else max(round(due, -3), 1_000)
        due = 0
        at = _paid_at(scene, kind, day + timedelta(days=1))
        author = ONLINE_PAYMENTS if kind == "DebitOrCreditCard" else RENT_BATCH
        yield Posting(at, kind, author, paid=paid, more={"transactionSource": source})
        if kind == "DirectDebit" and scene.happens(0.04):
            yield from _unpaid(scene, at, paid)


def _paid_at(scene: Scene, kind: str, day: date) -> datetime:
    if kind == "DebitOrCreditCard":
        return scene.evening(day)
    return scene.night(day)


def _unpaid(scene: Scene, at: datetime, amount: int) -> Iterator[Posting]:
    """The bank sends it back, and the tenant pays by card some days later."""
    back = scene.night(at.date() + timedelta(days=3))
    more = {"transactionSource": "DD", "description": "Returned by the bank: insufficient funds"}
    yield Posting(back, "DirectDebitUnpaid", RENT_BATCH, charged=amount, more=more)
    card = scene.evening(back.date() + timedelta(days=scene.rng.randrange(2, 9)))
    yield Posting(card, "DebitOrCreditCard", ONLINE_PAYMENTS, paid=amount, more={"transactionSource": "WEB"})


def _put_right(scene: Scene, tenure: Tenure, days: list[date], benefit: int) -> Iterator[Posting]:
    if len(days) < 8:
        return
    official, day = scene.official(), scene.one(days[4:])
    if tenure.featured or scene.happens(0.2):
        yield _service_cancelled(scene, tenure, day, official)
    if benefit and (tenure.featured or scene.happens(0.3)):
        amount = -2 * benefit if scene.happens(0.6) else benefit
        more = {"description": "Change of income" if amount < 0 else "Underpaid for one week"}
        yield Posting(scene.night(day + timedelta(days=2)), "HBAdjustment", RENT_BATCH, benefit=amount, more=more)
    if scene.happens(0.12):
        amount = scene.rng.randrange(150, 2_400)
        more = {"description": "Balance too small to collect"}
        at = scene.office(day)
        yield Posting(at, "WriteOff", official, charged=-amount, more=more)
        if scene.happens(0.25):
            again = scene.office(at.date() + timedelta(days=16))
            yield Posting(again, "WriteOn", official, charged=amount, more={"description": "Written off in error"})
    if scene.happens(0.12):
        yield from _paid_twice(scene, tenure, day, official)


def _service_cancelled(scene: Scene, tenure: Tenure, day: date, official: Author) -> Posting:
    name, pence, reason = scene.one(SERVICES)
    basic = charge("Rent", rent(scene, tenure, day))
    return Posting(
        scene.office(day + timedelta(days=1)),
        "account",
        official,
        charged=-2 * pence,
        more={"consolidatedCharges": [basic], "reason": reason.format(day=day)},
        charges_before=[basic, charge(name, pence)],
    )


def _paid_twice(scene: Scene, tenure: Tenure, day: date, official: Author) -> Iterator[Posting]:
    amount = round(4 * tenure.rent, -3)
    more = {"transactionSource": "WEB"}
    yield Posting(scene.evening(day), "DebitOrCreditCard", ONLINE_PAYMENTS, paid=amount, more=more)
    kind = scene.one(["BACSRefund", "TenantRefund"])
    at = scene.office(day + timedelta(days=scene.rng.randrange(6, 15)))
    reason = {"description": f"Card payment of {day:%d/%m/%Y} made twice"}
    yield Posting(at, kind, official, paid=-amount, more=reason)
