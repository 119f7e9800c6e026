"""Repairs of homes, and the bills for those that tenants and leaseholders have to pay for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from activities.demo.ledger import Posting
from activities.demo.scene import ONLINE_PAYMENTS, REPAIRS_HUB, Row, Scene, activity, stamp
from activities.demo.world import Tenure

# What was done, how urgent it was, and the price in pence where the household caused it.
JOBS: list[tuple[str, str, int | None]] = [
    ("Replace forced entry door lock", "Emergency", 9_480),
    ("Board and reglaze broken bedroom window", "Urgent", 13_265),
    ("Clear blocked sink, wipes found in waste", "Urgent", 6_120),
    ("Replace lost fob and two keys", "Normal", 4_350),
    ("Make good damage to kitchen units", "Normal", 21_840),
    ("No heating or hot water", "Emergency", None),
    ("Leak from flat above through ceiling", "Emergency", None),
    ("Renew bathroom extractor fan", "Normal", None),
    ("Treat damp and mould in bedroom", "Urgent", None),
    ("Ease and adjust front door", "Normal", None),
    ("Repair intercom handset", "Normal", None),
    ("Annual gas safety check", "Planned", None),
]
DAYS_ALLOWED = {"Emergency": 1, "Urgent": 5, "Normal": 21, "Planned": 40}
FIRST_REFERENCE = 10_448_000


@dataclass(frozen=True, slots=True)
class Job:
    reference: int
    description: str
    priority: str
    price: int | None
    reported: date
    done: datetime


def jobs(scene: Scene, tenure: Tenure, number: int) -> list[Job]:
    """`number` is the tenure's own, so that no reference is given twice."""
    count = 4 if tenure.featured else scene.one([0, 1, 1, 2, 2, 3])
    found = []
    for place, day in enumerate(scene.days(count, tenure.begins)):
        description, priority, price = scene.one(JOBS)
        done = scene.office(day + timedelta(days=scene.rng.randrange(1, DAYS_ALLOWED[priority] + 3)))
        reference = FIRST_REFERENCE + number * 10 + place
        found.append(Job(reference, description, priority, price, day, done))
    return found


def repair_rows(scene: Scene, tenure: Tenure, done: list[Job]) -> Iterator[Row]:
    target = ("workOrder", tenure.home.id)
    for job in done:
        known = {"workOrderReference": job.reference, "priority": job.priority}
        reported = min(scene.office(job.reported), job.done - timedelta(hours=2))
        raised = known | {"description": job.description, "status": "In Progress"}
        yield activity("create", target, reported, REPAIRS_HUB, domain="Repairs", new=raised, keep="P6Y")
        if job.priority == "Normal" and scene.happens(0.3):
            visit = job.done - (job.done - reported) / 2
            waiting = known | {"status": "No Access", "note": "Card left at the door"}
            before = known | {"status": "In Progress"}
            yield activity("update", target, visit, REPAIRS_HUB, domain="Repairs", old=before, new=waiting, keep="P6Y")
            before = known | {"status": "No Access"}
        else:
            before = known | {"status": "In Progress"}
        after = known | {"status": "Work Complete", "completedAt": stamp(job.done)}
        told = job.done + timedelta(minutes=scene.rng.randrange(4, 50))
        yield activity("update", target, told, REPAIRS_HUB, domain="Repairs", old=before, new=after, keep="P6Y")


def recharge_postings(scene: Scene, done: list[Job]) -> Iterator[Posting]:
    for job in done:
        if job.price is None:
            continue
        official = scene.official()
        kind = "RechargeableRepairs" if scene.happens(0.7) else "RechgRepairsnoVAT"
        more = {"workOrderReference": job.reference, "description": job.description}
        billed = scene.office(job.done.date() + timedelta(days=scene.rng.randrange(4, 12)))
        yield Posting(billed, kind, official, charged=job.price, more=more)
        later = billed.date() + timedelta(days=scene.rng.randrange(9, 40))
        if scene.happens(0.2):
            credit = {**more, "description": f"{job.description}: police report received"}
            yield Posting(scene.office(later), "RechargeRepCredit", official, charged=-job.price, more=credit)
        elif scene.happens(0.6):
            paid = {"transactionSource": "WEB", "workOrderReference": job.reference}
            yield Posting(scene.evening(later), "DebitOrCreditCard", ONLINE_PAYMENTS, paid=job.price, more=paid)
