"""The retention policy on the wire: what a sender may ask, and when what it sent is gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.retention_policy import read_policy
from tests.api_client import CheckedClient
from tests.shapes import activity

POLICY = """
[default]
time_to_live = "unlimited"
longest = "P10Y"
[[rule]]
source_domain = "Finance"
target_type = "transaction"
time_to_live = "P30D"
longest = "P90D"
"""
HAPPENED = datetime.now(UTC).replace(microsecond=5) - timedelta(days=1)
TRANSACTION = {"targetType": "transaction", "sourceDomain": "Finance", "datetime": HAPPENED.isoformat()}


@pytest.fixture(autouse=True)
def _policy(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(POLICY)
    settings.RETENTION_POLICY = read_policy(path)


def wire(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_the_rule_of_its_domain_and_kind_ends_a_record(api: CheckedClient) -> None:
    ended = {
        asked: api.record(activity(**TRANSACTION, timeToLive=asked)).json()["expiresAt"] for asked in (None, "P90D")
    }
    assert ended == {None: wire(HAPPENED + timedelta(days=30)), "P90D": wire(HAPPENED + timedelta(days=90))}


@pytest.mark.parametrize("slowly", [False, True])
def test_more_than_the_rule_allows_is_refused_naming_the_longest(api: CheckedClient, slowly: bool) -> None:
    body = [activity(**TRANSACTION), activity(**TRANSACTION, timeToLive="P91D")]
    # A number in exponents is left to the slow reading.
    body[0]["newData"] = {"amount": 1e-7 if slowly else 1}
    refused = api.record(body)
    assert (refused.status_code, refused.json()["errors"]) == (
        400,
        [
            {
                "pointer": "#/1/timeToLive",
                "detail": "The longest time to live that the retention policy allows for such a record is P90D.",
            }
        ],
    )


def test_what_has_no_end_says_so_on_both_paths(api: CheckedClient) -> None:
    record = api.record(activity(targetId="t-1")).json()
    assert (record["timeToLive"], record["expiresAt"]) == (None, None)
    [shown] = api.get("/api/v1/activityHistory", params={"targetId": "t-1"}).json()["results"]
    assert shown["timetoLiveForRecord"] == 0


def test_a_record_that_would_already_have_ended_is_refused(api: CheckedClient) -> None:
    happened = datetime.now(UTC) - timedelta(days=30, seconds=1)
    refused = api.record(activity(**{**TRANSACTION, "datetime": happened.isoformat()}))
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["detail"].startswith("The record would already have ended at ")
