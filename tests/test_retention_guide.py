"""What stands in the guide on retention can be used as it stands."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from activities.durations import Duration
from activities.retention_policy import Rule, read_policy
from config.local_files import CLONE

GUIDE = (CLONE / "docs/retention.md").read_text()


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def read_arguments(words: list[str]) -> dict[str, Any]:
    """Of `… manage.py command …`, as the command itself reads them."""
    name, *arguments = words[words.index("manage.py") + 1 :]
    parser = load_command_class("activities", name).create_parser("manage.py", name)
    return vars(parser.parse_args(arguments))


def test_the_policy_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(blocks("toml")[0])
    assert read_policy(path).rules == {
        (None, None): Rule("default", Duration(7, "Y"), Duration(100, "Y")),
        ("Finance", "transaction"): Rule("Finance/transaction", Duration(6, "Y"), Duration(12, "Y")),
        (None, "cautionaryAlert"): Rule("*/cautionaryAlert", Duration(1, "Y"), Duration(2, "Y")),
    }


def test_the_commands_are_accepted() -> None:
    lines = [line for block in blocks("text") for line in block.strip().splitlines()]
    read = [read_arguments(shlex.split(line)) for line in lines]
    assert read[0]["every"] == 3600
    assert (read[1]["target_id"], read[1]["reason"], read[1]["by"]) == ("TARGET_ID", "Request 2026-114", "j.smith")
    assert (read[2]["author_id"], read[2]["row"]) == ("AUTHOR_ID", [])


def test_the_units_and_the_cron_job_start_the_purge() -> None:
    service, timer = (unit(text) for text in blocks("ini"))
    assert read_arguments(shlex.split(service["Service"]["ExecStart"]))["every"] == 3600
    assert timer["Timer"]["OnCalendar"] == "hourly"
    job = yaml.safe_load(blocks("yaml")[0])
    assert (job["kind"], job["spec"]["concurrencyPolicy"]) == ("CronJob", "Forbid")
    [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert read_arguments(container["command"])["every"] is None


def options(command: BaseCommand) -> set[str]:
    parser = command.create_parser("manage.py", "command")
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


@pytest.mark.parametrize("name", ["purge_expired_activities", "erase_target", "erase_author"])
def test_every_option_is_in_the_guide(name: str) -> None:
    own = options(load_command_class("activities", name)) - options(BaseCommand())
    assert own
    assert own <= set(re.findall(r"--[a-z-]+", GUIDE))
