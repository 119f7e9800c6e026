"""Rules and dashboard ask for metrics that there are, and each rule says what to do and stands in the guide."""

import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from activities.api.problem_types import PROBLEM_TYPES
from config.local_files import CLONE
from config.metrics import _registry

RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((CLONE / "deploy/alerts.yml").read_text())["groups"] for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads((CLONE / "deploy/grafana.json").read_text())["panels"]
ASKED = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
# Told only once there is something to tell of: a replica, a request, an activity.
TOLD_AT_TIMES = {
    "activity_history_reports_on_primary",
    "activity_history_request_seconds_bucket",
    "activity_history_request_seconds_count",
    "activity_history_problems_total",
    "activity_history_recorded_activities_total",
    "activity_history_newest_activity_seconds",
    "activity_history_dropped_accounts_total",
    "activity_history_database_up",
    "activity_history_database_connections",
    "activity_history_database_connections_limit",
}


def metrics_in(query: str) -> set[str]:
    return set(re.findall(r"activity_history_\w+", query))


def test_every_query_asks_for_metrics_that_there_are_and_all_of_them_are_watched(db: None) -> None:
    families = text_string_to_metric_families(generate_latest(_registry).decode())
    told = {sample.name for family in families for sample in family.samples} | TOLD_AT_TIMES
    asked = set().union(*map(metrics_in, ASKED))
    assert asked <= told
    assert {name for name in told if not name.endswith(("_sum", "_created"))} <= asked


def test_the_first_fault_is_an_increase_and_rare_refusals_ring_as_well(db: None) -> None:
    told = generate_latest(_registry).decode()
    for method in ("GET", "POST"):
        assert f'activity_history_problems_total{{method="{method}",problem="internal-error"}}' in told
    [asked] = [rule["expr"] for rule in RULES if rule["alert"] == "ManyCallersAreRefused"]
    [named] = re.findall('problem=~"([^"]+)"', asked)
    assert set(named.split("|")) == {slug for slug, kind in PROBLEM_TYPES.items() if kind.status in (401, 403)}


@pytest.mark.parametrize("query", ASKED)
def test_brackets_of_every_query_close(query: str) -> None:
    left = re.sub(r'"[^"]*"', "", query)
    while (shorter := re.sub(r"\([^(){}\[\]]*\)|\{[^(){}\[\]]*\}|\[[^(){}\[\]]*\]", "", left)) != left:
        left = shorter
    assert not set(left) & set("(){}[]")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_rule_says_what_is_wrong_and_what_to_do_and_stands_in_the_guide(rule: dict[str, Any]) -> None:
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert all(rule["annotations"][part].endswith(".") for part in ("summary", "action"))
    guide = (CLONE / "docs/alerts.md").read_text()
    assert f"| `{rule['alert']}` | {rule['labels']['severity']} |" in guide


def test_guide_names_no_rule_that_there_is_not() -> None:
    named = re.findall(r"(?m)^\| `(\w+)` \| (?:page|ticket) \|", (CLONE / "docs/alerts.md").read_text())
    assert named == [rule["alert"] for rule in RULES]
