"""What the admin shows of records that have ended, are held past their end, or were erased."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from activities import erasure, holds
from activities.durations import Duration
from activities.models import Activity
from activities.retention_policy import Policy, Rule
from activity_history.admin import read_only
from tests.acting import acting_as
from tests.activity_history.admin_pages import address, facts, page_of, queries_of, rows, signed_in_with
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)
LIST = "/admin/activities/activity/"
MARK = "expired, kept under hold"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = datetime.now(UTC)
    monkeypatch.setattr(read_only, "now", lambda: moment)
    return moment


@pytest.fixture
def viewer() -> Client:
    return signed_in_with("view_activity")


@pytest.fixture
def trusted() -> Client:
    return signed_in_with("view_activity", "view_held")


def ended(at: datetime, target_id: str) -> UUID:
    activity = new_activity(target_id=target_id, expires_at=at, occurred_at=at - timedelta(days=400))
    store([activity])
    return activity.id


def hold(target_id: str, now: datetime, source_domain: str | None = None) -> None:
    holds.place(target_id=target_id, source_domain=source_domain, reason="Audit", by="officer", now=now)


def targets(client: Client, **query: str) -> dict[str, str]:
    """The list's targets, each with the state that the list tells where there is one to tell."""
    answer = client.get(LIST, {"dateFrom": "2000-01-01", **query})
    assert answer.status_code == 200
    page = rows(answer.content.decode(), 'class="activities')
    assert len(page) == len(answer.context["rows"])
    return {row.target_id: row.state for row in answer.context["rows"]}


def about(client: Client, id: UUID) -> dict[str, str]:
    return dict(facts(page_of(client, address(Activity, "change", id))))


def test_a_record_is_gone_from_its_expiry_on_and_there_a_microsecond_before(
    now: datetime, viewer: Client, trusted: Client
) -> None:
    ids = {name: ended(now + offset, name) for name, offset in (("at", 0 * MICROSECOND), ("after", MICROSECOND))}
    ids["before"] = ended(now - MICROSECOND, "before")
    for client in (viewer, trusted):
        assert targets(client) == {"after": ""}
        assert {name: targets(client, target=name) for name in ids} == {"at": {}, "before": {}, "after": {"after": ""}}
        found = {name: client.get(address(Activity, "change", id)).status_code for name, id in ids.items()}
        # Django's answer to an address of nothing.
        assert found == {"at": 302, "before": 302, "after": 200}


def test_what_a_hold_keeps_past_its_expiry_is_for_those_who_may_see_it(
    now: datetime, viewer: Client, trusted: Client, admin_client: Client
) -> None:
    held, other = ended(now, "held"), ended(now, "other-domain")
    ended(now, "free")
    hold("held", now)
    hold("other-domain", now, source_domain="Finance")
    for client in (trusted, admin_client):
        assert targets(client) == targets(client, target="held") == {"held": MARK}
        assert about(client, held)["State"] == MARK
        assert client.get(address(Activity, "change", other)).status_code == 302
    assert targets(viewer) == targets(viewer, target="held") == {}
    for action in ("change", "history"):
        assert viewer.get(address(Activity, action, held)).status_code == 302


def test_the_permission_to_see_what_is_held_shows_nothing_by_itself(now: datetime) -> None:
    id = ended(now, "held")
    hold("held", now)
    client = signed_in_with("view_held")
    assert {client.get(url).status_code for url in (LIST, address(Activity, "change", id))} == {403}


def test_a_held_record_that_has_not_expired_is_shown_to_all_without_a_mark(now: datetime, viewer: Client) -> None:
    ended(now + MICROSECOND, "t-1")
    hold("t-1", now)
    assert targets(viewer) == {"t-1": ""}


@pytest.mark.parametrize("codenames", [["view_activity"], ["view_activity", "view_held"]])
def test_the_list_asks_as_much_with_holds_as_without_and_counts_no_rows(now: datetime, codenames: list[str]) -> None:
    client = signed_in_with(*codenames)
    before = queries_of(client, LIST)
    for number in range(3):
        ended(now, f"t-{number}")
        ended(now + timedelta(days=1), f"u-{number}")
        hold(f"t-{number}", now)
    after = queries_of(client, LIST)
    assert (len(after), len(before)) == (8, 8)
    assert not [sql for sql in after if "COUNT(" in sql.upper()]


def test_a_record_shows_its_rule_and_what_was_asked_for(
    now: datetime, viewer: Client, settings: pytest.MonkeyPatch
) -> None:
    rules = {
        (None, None): Rule("default", None, Duration(100, "Y")),
        ("Finance", "transaction"): Rule("Finance/transaction", Duration(6, "Y"), Duration(12, "Y")),
        (None, "note"): Rule("*/note", Duration(1, "M"), Duration(365, "D")),
    }
    settings.RETENTION_POLICY = Policy(rules)  # type: ignore[attr-defined]
    expiry = datetime(2099, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
    kinds: list[tuple[str | None, str, dict[str, Any]]] = [
        ("Finance", "transaction", {"expires_at": expiry, "time_to_live": "P12Y"}),
        ("Housing", "note", {"expires_at": expiry}),
        (None, "person", {"expires_at": None}),
    ]
    seen = []
    for domain, target_type, members in kinds:
        store([activity := new_activity(source_domain=domain, target_type=target_type, **members)])
        page = about(viewer, activity.id)
        seen.append([page[label] for label in ("Retention rule now in force", "Time to live", "Expires")])
    assert seen == [
        [
            "Finance/transaction: kept 6 years; up to 12 years may be asked",
            "P12Y, as the sender asked",
            "2099-03-01 12:00:00.000001 UTC",
        ],
        [
            "*/note: kept 1 month; up to 365 days may be asked",
            "by the retention policy",
            "2099-03-01 12:00:00.000001 UTC",
        ],
        ["default: kept for ever; up to 100 years may be asked", "by the retention policy", "never"],
    ]


def test_an_erased_record_says_so_with_the_date(viewer: Client) -> None:
    store([activity := new_activity(target_id="t-1")])
    now = datetime.now(UTC)
    with acting_as("retention"):
        erasure.carry_out(erasure.ask_for_target("t-1", reason="Case 12", by="officer", now=now), now=now)
    words = f"erased {Activity.objects.get().erased_at:%Y-%m-%d %H:%M:%S} UTC"
    assert targets(viewer) == {"t-1": words}
    page = page_of(viewer, address(Activity, "change", activity.id))
    assert dict(facts(page))["State"] == words
    assert "Its data was erased." in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("codenames", "offered"),
    [
        ([], []),
        (["place_legal_hold"], ["/admin/activities/legalhold/add/?target_id=t%261"]),
        (["ask_for_erasure"], ["/admin/activities/erasure/add/?target_id=t%261"]),
    ],
)
def test_a_records_page_offers_what_may_be_asked_about_its_target(codenames: list[str], offered: list[str]) -> None:
    store([activity := new_activity(target_id="t&1")])
    client = signed_in_with("view_activity", *codenames)
    answer = client.get(address(Activity, "change", activity.id))
    assert [tool.address for tool in answer.context["tools"]] == offered
    for link in offered:
        assert f'<a href="{link}">' in answer.content.decode()
        assert 'name="target_id" value="t&amp;1"' in page_of(client, link)
