from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import uuid4

import orjson
import pytest

from activities.contract import read_activity
from activities.demo.history import DEMO_LEASE_ID, DEMO_PERSON_ID, DEMO_TENURE_ID, demo_activities
from activities.demo.samples import SAMPLES
from activities.json_body import read_body
from activities.moments import read_moment
from activities.new_activities import NewActivity

SPRING = datetime(2031, 5, 6, 12, 30, tzinfo=UTC)
LEAP_DAY = datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)
NEW_YEAR = datetime(2029, 1, 1, tzinfo=UTC)

TARGET_TYPES = {
    *("person", "contactDetails", "personEqualityInformation", "cautionaryAlert", "tenure", "tenurePerson"),
    *("tenureActivity", "asset", "process", "contract", "housingApplication", "patchesAndAreas"),
    *("transaction", "account", "charge", "majorWorks", "workOrder"),
}
PAYMENTS = ["DirectDebit", "DebitOrCreditCard", "StandingOrder", "BankPayment", "PayPointPostOffice"]
PAYMENTS += ["UniversalCreditRec"]
REPAIRS = ["RechargeableRepairs", "RechgRepairsnoVAT", "RechargeRepCredit"]
OTHERS = [
    "HBAdjustment",
    "DirectDebitUnpaid",
    "WriteOff",
    "WriteOn",
    "SCAdjustment",
    "BACSRefund",
    "TenantRefund",
]

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", params=[SPRING, LEAP_DAY, NEW_YEAR], ids=["spring", "leap day", "new year"])
def now(request: pytest.FixtureRequest) -> datetime:
    moment: datetime = request.param
    return moment


@pytest.fixture(scope="module")
def rows(now: datetime) -> Rows:
    return list(demo_activities(now=now))


def of_type(rows: Rows, *transaction_types: str) -> Rows:
    return [row for row in rows if (row["newData"] or {}).get("transactionType") in transaction_types]


def samples() -> Rows:
    return [orjson.loads(line) for line in SAMPLES.read_bytes().splitlines()]


def stored(rows: Rows, now: datetime) -> Iterator[NewActivity]:
    _, items = read_body(orjson.dumps(rows))
    for item in items:
        activity = read_activity(item, now=now, make_id=uuid4, correlation_id=None)
        assert isinstance(activity, NewActivity), (item.value, activity)
        yield activity


def test_the_same_moment_and_seed_give_the_same_history(now: datetime, rows: Rows) -> None:
    assert list(demo_activities(now=now)) == rows
    assert list(demo_activities(now=now.astimezone(timezone(timedelta(hours=5))))) == rows


def test_another_seed_gives_other_activities_after_the_same_samples() -> None:
    one, two = (list(islice(demo_activities(now=SPRING, seed=seed), 40)) for seed in (1, 2))

    assert one[:18] == two[:18]
    assert {row["id"] for row in one[18:]}.isdisjoint(row["id"] for row in two[18:])


def test_the_contract_takes_every_activity_of_the_past_that_has_not_expired(now: datetime, rows: Rows) -> None:
    activities = list(stored(rows, now))

    assert 18_000 <= len(activities) <= 24_000
    assert len({activity.id for activity in activities}) == len(activities)
    assert max(activity.occurred_at for activity in activities) <= now
    assert all(activity.expires_at is None or activity.expires_at > now for activity in activities)


def test_the_samples_come_first_and_then_the_others_in_order_of_time(rows: Rows) -> None:
    same = ("type", "targetType", "targetId", "sourceDomain", "timeToLive", "author")

    assert [[row[name] for name in same] for row in rows[:18]] == [[row[name] for name in same] for row in samples()]
    moments = [row["datetime"] for row in rows[18:]]
    assert moments == sorted(moments)


def test_samples_keep_distances_and_spellings_and_the_newest_is_of_the_day_before(now: datetime, rows: Rows) -> None:
    moved = [(read_moment(row["datetime"]), row["datetime"][10:]) for row in rows[:18]]
    sent = [(read_moment(row["datetime"]), row["datetime"][10:]) for row in samples()]
    shift = moved[0][0] - sent[0][0]

    assert moved == [(moment + shift, spelling) for moment, spelling in sent]
    assert timedelta(days=1) <= now - max(moved)[0] < timedelta(days=2)


def test_dates_within_a_sample_move_along_with_it_but_birthdays_stay() -> None:
    rows = list(islice(demo_activities(now=SPRING), 18))
    created, adjusted, process = rows[1]["newData"], rows[11], rows[6]
    moved = date.fromisoformat(adjusted["datetime"][:10]) - date(2025, 4, 22)

    assert created["dateOfBirth"] == "1979-06-18T00:00:00Z"
    assert process["oldData"]["stateStartedAt"] == "0001-01-01T00:00:00"
    assert process["newData"]["stateStartedAt"][:10] == process["datetime"][:10]
    assert adjusted["newData"]["reason"] == (
        f"Garage let ended {date(2025, 4, 6) + moved:%d/%m/%Y}, two weeks written off"
    )


def test_every_kind_of_target_occurs_and_some_that_nobody_announced(rows: Rows) -> None:
    kinds = {row["targetType"] for row in rows}

    assert kinds == TARGET_TYPES | {"petPermission", "keySafe", "parkingBay"}
    assert {"create", "update", "delete", "migrate", "end"} < {row["type"] for row in rows}
    assert all(row["sourceDomain"] is None for row in rows if row["author"]["fullName"] == "Import")


def test_rent_housing_benefit_and_every_way_of_paying_are_shown(rows: Rows) -> None:
    amounts = {"BasicRentNoVAT": "chargedAmount", "HousingBenefit": "housingBenefitAmount"}
    for kind, amount in (amounts | dict.fromkeys(PAYMENTS, "paidAmount")).items():
        made_up = of_type(rows[18:], kind)
        assert made_up, kind
        assert all(row["newData"][amount] > 0 for row in made_up), kind


def test_adjustments_of_accounts_are_shown(rows: Rows) -> None:
    accounts = [row for row in rows if row["targetType"] == "account"]

    assert [kind for kind in OTHERS if not of_type(rows, kind)] == []
    assert all(row["oldData"]["consolidatedCharges"] and row["newData"]["reason"] for row in accounts)


def test_recharged_repairs_are_shown_with_the_repair_that_they_bill(rows: Rows) -> None:
    raised = [row["newData"] for row in rows if (row["type"], row["targetType"]) == ("create", "workOrder")]
    repairs = {data["workOrderReference"]: data["description"] for data in raised}

    assert [kind for kind in REPAIRS if not of_type(rows[18:], kind)] == []
    for row in of_type(rows[18:], *REPAIRS):
        assert row["newData"]["description"].startswith(repairs[row["newData"]["workOrderReference"]])


def test_estimates_balancing_charges_and_major_works_are_shown_to_leaseholders(rows: Rows) -> None:
    estimates = [row["newData"] for row in rows if row["targetType"] == "charge"]
    balancing = [row["newData"] for row in of_type(rows, "SCBalancingCharge")]
    works = [row["newData"] for row in rows if row["targetType"] == "majorWorks"]

    assert estimates
    assert balancing
    assert all(data["chargeSubGroup"] == "Estimate" and data["detailedCharges"] for data in estimates)
    assert all(pence(data["actual"]) - pence(data["estimated"]) == pence(data["chargedAmount"]) for data in balancing)
    assert any(data["paymentPlan"] for data in works)
    assert all(data["paymentUrl"].startswith("https://payments.council.example/") for data in works)


def pence(amount: float) -> int:
    pence = Decimal(str(amount)) * 100
    assert pence == int(pence)
    return int(pence)


def test_each_balance_is_the_one_before_with_what_was_charged_and_paid_since(rows: Rows) -> None:
    accounts: dict[str, Rows] = defaultdict(list)
    for row in sorted(rows, key=lambda each: read_moment(each["datetime"])):
        if row["targetType"] in {"transaction", "account"}:
            accounts[row["targetId"]].append(row)

    for entries in accounts.values():
        balance = None
        for entry in entries:
            data = entry["newData"]
            if entry["targetType"] == "account":
                before, after = (pence(entry[side]["accountBalance"]) for side in ("oldData", "newData"))
            else:
                after = pence(data["balanceAmount"])
                less = pence(data.get("paidAmount", 0)) + pence(data.get("housingBenefitAmount", 0))
                before = after - pence(data.get("chargedAmount", 0)) + less
            assert balance is None or before == balance, entry
            balance = after


def test_staff_work_by_day_on_working_days(rows: Rows) -> None:
    by_staff = [row for row in rows[18:] if is_staff(row["author"])]
    names = {row["author"]["fullName"] for row in by_staff}

    assert len(names) == 40
    for row in by_staff:
        at = read_moment(row["datetime"])
        assert at.weekday() < 5, row
        assert 8 <= at.hour < 17, row


def is_staff(author: dict[str, str | None]) -> bool:
    batches = {"Rent Accounts batch", "ChargesUpdateAPI", "Repairs Hub", "Import"}
    return author["fullName"] not in batches and not str(author["id"]).startswith("svc-")


def test_ids_refer_to_records_that_have_a_history_themselves(rows: Rows) -> None:
    targets: dict[str, set[str]] = defaultdict(set)
    for row in rows[18:]:
        targets[row["targetType"]].add(row["targetId"])
    created = [row["newData"] for row in rows[18:] if row["type"] == "create" and row["sourceDomain"] == "Tenure"]

    for data in (data for data in created if "tenuredAsset" in data):
        assert data["id"] in targets["transaction"]
        assert {member["id"] for member in data["householdMembers"]} <= targets["contactDetails"]
    assert 280 <= len(targets["transaction"]) <= 300


def test_the_featured_tenure_person_and_lease_have_a_rich_history(rows: Rows) -> None:
    made_up = rows[18:]
    kinds = {
        target: Counter(row["targetType"] for row in made_up if row["targetId"] == target)
        for target in (DEMO_TENURE_ID, DEMO_PERSON_ID, DEMO_LEASE_ID)
    }

    assert kinds[DEMO_TENURE_ID].total() > 150
    assert {"transaction", "account", "tenurePerson", "tenureActivity"} <= set(kinds[DEMO_TENURE_ID])
    assert kinds[DEMO_PERSON_ID].total() >= 8
    assert {"person", "contactDetails", "cautionaryAlert"} <= set(kinds[DEMO_PERSON_ID])
    assert kinds[DEMO_LEASE_ID].total() >= 15
    assert {"transaction", "charge", "majorWorks"} <= set(kinds[DEMO_LEASE_ID])
