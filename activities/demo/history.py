"""A made-up council's history of about two years, to look at and to try things on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from activities.demo.casework import casework_rows
from activities.demo.homes import home_rows
from activities.demo.leases import lease_postings, lease_rows
from activities.demo.ledger import Posting, told
from activities.demo.persons import person_rows
from activities.demo.rent import rent_postings
from activities.demo.repairs import jobs, recharge_postings, repair_rows
from activities.demo.samples import Samples
from activities.demo.scene import RENT_BATCH, Row, Scene, stamp
from activities.demo.world import (
    DEMO_LEASE_ID,
    DEMO_PERSON_ID,
    DEMO_TENURE_ID,
    Tenure,
    build_world,
    staff,
)

__all__ = ["DEMO_LEASE_ID", "DEMO_PERSON_ID", "DEMO_TENURE_ID", "demo_activities"]

SPAN = timedelta(days=730)


def demo_activities(*, now: datetime, seed: int = 1) -> Iterator[dict[str, Any]]:
    """About 20,000 activities as a POST takes them: first the samples, then the others in order of time.

    The same `now` and `seed` give the same activities. With another `now` the same ids come with other
    content, so a second load into one store is refused as a conflict and does not double the history.
    """
    samples = Samples.until(now.astimezone(UTC))
    yield from samples.moved()
    scene = Scene(
        seed=seed,
        rng=Random(seed),  # noqa: S311 (chance for a story, not for a secret)
        since=now.astimezone(UTC) - SPAN,
        now=now.astimezone(UTC),
        rent_day=samples.day(2025, 4, 7),
        staff=staff(),
    )
    first, last = stamp(scene.since), stamp(scene.now)
    rows = [row for row in _rows(scene, samples) if first <= row["datetime"] <= last]
    rows.sort(key=lambda row: row["datetime"])
    for number, row in enumerate(rows):
        yield {"id": scene.identifier("activity", number), **row}


def _rows(scene: Scene, samples: Samples) -> Iterator[Row]:
    world = build_world(scene, samples)
    for number, tenure in enumerate(world.tenures):
        done = jobs(scene, tenure, number)
        yield from home_rows(scene, tenure, number)
        yield from repair_rows(scene, tenure, done)
        if tenure.leasehold:
            yield from lease_rows(scene, tenure)
        postings = [*_postings(scene, tenure), *recharge_postings(scene, done)]
        begins = datetime.combine(tenure.begins, time(), UTC)
        happened = [posting for posting in postings if begins <= posting.at <= scene.now]
        yield from _account(scene, samples, tenure, happened)
    for person, tenure in world.people():
        yield from person_rows(scene, person, tenure)
    yield from casework_rows(scene, world)


def _postings(scene: Scene, tenure: Tenure) -> Iterator[Posting]:
    return lease_postings(scene, tenure) if tenure.leasehold else rent_postings(scene, tenure)


def _account(scene: Scene, samples: Samples, tenure: Tenure, postings: list[Posting]) -> Iterator[Row]:
    if tenure.id == DEMO_TENURE_ID:
        yield from _account_around_samples(samples, tenure, postings)
    elif tenure.id == DEMO_LEASE_ID:
        yield from told(tenure, postings, opening=887_30)
    else:
        yield from told(tenure, postings, opening=scene.rng.randrange(-3_000, 24_000))


def _account_around_samples(samples: Samples, tenure: Tenure, postings: list[Posting]) -> Iterator[Row]:
    """The samples tell of five weeks of this account; what is made up leads to them and goes on from them.

    One week's rent, which the samples count but do not contain, is supplied.
    """
    first, missing, last = samples.day(2025, 4, 7), samples.day(2025, 4, 14), samples.day(2025, 5, 9)
    before = [posting for posting in postings if posting.at.date() < first]
    after = [posting for posting in postings if posting.at.date() > last]
    rent_at = datetime.combine(missing, time(2, 0, 4), UTC)
    yield from told(tenure, before, opening=85_66 - sum(posting.difference for posting in before))
    yield from told(tenure, [Posting(rent_at, "BasicRentNoVAT", RENT_BATCH, charged=tenure.rent)], opening=214_10)
    yield from told(tenure, after, opening=159_04)
