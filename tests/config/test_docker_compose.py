"""No container engine is asked: the files are read, and what they name must exist."""

import json
import re
import shlex
from importlib.util import find_spec
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from psycopg.conninfo import conninfo_to_dict

from config.database_roles import Role
from config.embedded_replica import SETTINGS
from config.local_files import CLONE
from config.purge_service import purge_command
from config.web_server import granian_command

COMPOSE: dict[str, Any] = yaml.safe_load((CLONE / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
EXAMPLE = (CLONE / ".env.example").read_text()
DOCKERFILE = (CLONE / "Dockerfile").read_text()


def test_services() -> None:
    assert set(SERVICES) == {"db", "replica", "roles", "migrate", "app", "purge"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_exists_and_can_come_true(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        needs = {"service_healthy": "healthcheck", "service_completed_successfully": "command"}
        assert needs[how["condition"]] in SERVICES[other]


def test_every_volume_is_declared_and_every_file_is_there() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    files = {name for name in used if name.startswith("./")}

    assert used - files == set(COMPOSE["volumes"])
    assert all((CLONE / name).is_file() for name in files)


def test_every_image_is_built_here_or_has_a_version() -> None:
    built = {service["image"] for service in SERVICES.values() if "build" in service}

    assert {service["image"] for service in SERVICES.values()} - built == {"postgres:18"}


@pytest.mark.parametrize(("service", "command"), [("roles", "create_roles"), ("migrate", "migrate")])
def test_what_is_run_once_is_a_command_that_exists(service: str, command: str) -> None:
    assert SERVICES[service]["command"] == ["python", "manage.py", command]
    assert command in get_commands()


@pytest.mark.parametrize(("service", "role"), [("app", Role.APPLICATION), ("purge", Role.RETENTION)])
def test_what_runs_knows_no_other_address_than_its_own(service: str, role: Role) -> None:
    blank = {name for name, value in SERVICES[service]["environment"].items() if value == ""}

    assert {*blank, role} == {*Role, "POSTGRES_PASSWORD"}


def test_the_example_names_three_roles() -> None:
    addresses = re.findall(f"(?m)^(?:{'|'.join(Role)})=(.+)$", EXAMPLE)

    assert {conninfo_to_dict(address)["user"] for address in addresses} == {
        SERVICES["db"]["environment"]["POSTGRES_USER"],
        "activity_history_app",
        "activity_history_retention",
    }


def test_the_purge_is_the_one_of_make_run() -> None:
    assert SERVICES["purge"]["command"] == ["python", *purge_command()[1:]]
    assert (CLONE / SERVICES["purge"]["command"][1]).is_file()


def test_the_replica_copies_the_primary_as_the_user_who_may_follow_it() -> None:
    primary, script = SERVICES["db"], SERVICES["replica"]["command"][2]
    copy = shlex.split(next(line for line in script.splitlines() if "pg_basebackup" in line).replace("$$", "$"))

    assert copy[1:3] == ["--host=db", f"--username={primary['environment']['POSTGRES_USER']}"]
    assert "--write-recovery-conf" in copy
    allowed = (CLONE / "deploy/pg_hba.conf").read_text()
    assert re.search(rf"(?m)^host +replication +{primary['environment']['POSTGRES_USER']} ", allowed)
    assert SERVICES["replica"]["image"] == primary["image"]


def test_the_replica_runs_with_the_settings_that_are_tried_and_explained() -> None:
    given = dict(re.findall(r"-c (\w+)=(\w+)(?: |$)", SERVICES["replica"]["command"][2], re.MULTILINE))
    explained = dict(re.findall(r"(?m)^(\w+) = '?(\w+)'?$", (CLONE / "docs/replica.md").read_text()))

    assert given == SETTINGS
    assert SETTINGS.items() <= explained.items()
    assert f"wal_keep_size={explained['wal_keep_size']}" in SERVICES["db"]["command"]


def test_every_variable_is_in_the_example() -> None:
    given = set(re.findall(r"(?m)^([A-Z_]+)=", EXAMPLE))
    named = set(re.findall(r"\$\{([A-Z_]+)", (CLONE / "docker-compose.yml").read_text()))

    assert named <= given
    assert given == {
        "PORT",
        *Role,
        "DATABASE_REPLICA_URL",
        "POSTGRES_PASSWORD",
        "SECRET_KEY",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "CORS_ALLOWED_ORIGINS",
        "WEB_CONCURRENCY",
    }


def test_the_image_serves_as_make_run_does() -> None:
    shell, flag, line = json.loads(DOCKERFILE.split("CMD ")[1])

    assert (shell, flag) == ("sh", "-c")
    served = shlex.split(line.replace("${WEB_CONCURRENCY:-2}", "2"))
    assert served[0] == "exec"
    assert served[2:] == granian_command(host="0.0.0.0", port=8000, workers=2)[1:]
    assert find_spec(served[-1].split(":")[0]) is not None


def test_the_image_is_not_run_by_root_and_installs_by_hash() -> None:
    assert re.search(r"(?m)^USER (?!root)", DOCKERFILE)
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
