"""No container engine is asked: the files are read, and what they name must exist."""

import json
import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve
from psycopg.conninfo import conninfo_to_dict

from config import probe
from config.container_secrets import make
from config.database_roles import Role
from config.embedded_replica import SETTINGS
from config.local_files import CLONE
from config.purge_service import purge_command
from config.variables import VARIABLES
from config.web_server import granian_command

COMPOSE: dict[str, Any] = yaml.safe_load((CLONE / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "activity-history"]
EXAMPLE = (CLONE / ".env.example").read_text()
DOCKERFILE = (CLONE / "Dockerfile").read_text()
ONCE = {"roles": "create_roles", "migrate": "migrate"}


def test_services() -> None:
    assert set(SERVICES) == {"db", "replica", "roles", "migrate", "app", "purge", "nginx"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_exists_and_can_come_true(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        needs = {"service_healthy": "healthcheck", "service_completed_successfully": "command"}
        assert needs[how["condition"]] in SERVICES[other]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_a_limit_and_comes_back(name: str) -> None:
    assert re.fullmatch(r"[0-9]+[mg]", SERVICES[name]["mem_limit"])
    assert SERVICES[name]["restart"] == ("no" if name in ONCE else "unless-stopped")


def test_every_volume_and_every_file_is_there() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    files = {name for name in used if name.startswith("./")}

    assert used - files == set(COMPOSE["volumes"])
    assert all((CLONE / name).is_file() for name in files)


def test_every_image_is_built_here_or_has_a_version() -> None:
    built = {service["image"] for service in SERVICES.values() if "build" in service}

    assert {service["image"] for service in SERVICES.values()} - built == {"postgres:18", "nginx:1.28"}


@pytest.mark.parametrize(("service", "command"), ONCE.items())
def test_what_is_run_once_is_a_command_that_exists(service: str, command: str) -> None:
    assert SERVICES[service]["command"] == ["python", "manage.py", command]
    assert command in get_commands()


@pytest.mark.parametrize("name", [*OURS, "nginx"])
def test_what_is_reached_can_neither_write_nor_become_more(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize(
    ("service", "roles"),
    [
        ("app", {Role.APPLICATION}),
        ("purge", {Role.RETENTION}),
        ("roles", set(Role)),
        ("migrate", set(Role)),
        ("nginx", set()),
    ],
)
def test_each_knows_no_other_address_than_its_own(service: str, roles: set[Role]) -> None:
    given = SERVICES[service]
    files = {name.removesuffix("_FILE"): path for name, path in given["environment"].items() if name.endswith("_FILE")}
    assert {Role(name) for name in files if name in set(Role)} == roles
    assert ("DATABASE_REPLICA_URL" in files) == (service == "app")
    assert set(files.values()) == {f"/run/secrets/{name}" for name in given.get("secrets", [])}
    assert all(VARIABLES[name].secret for name in files)


def test_no_secret_stands_in_the_example() -> None:
    given = set(re.findall(r"(?m)^([A-Z_]+)=", EXAMPLE))
    named = set(re.findall(r"\$\{([A-Z_]+)", (CLONE / "docker-compose.yml").read_text()))

    assert named <= given
    ports = {"PORT", "REPLICA_PORT"}
    assert given == {*ports, "PUBLIC_URL", "ALLOWED_HOSTS", "CORS_ALLOWED_ORIGINS", "WEB_CONCURRENCY"}
    assert not any(VARIABLES[name].secret for name in given - ports)


def test_secrets_are_made_once_each_for_its_role(tmp_path: Path) -> None:
    place = tmp_path / "secrets"
    assert {f"./secrets/{name}" for name in make(place)} == {each["file"] for each in COMPOSE["secrets"].values()}
    made = {path.name: path.read_text() for path in place.iterdir()}
    logins = {name: conninfo_to_dict(text) for name, text in made.items() if name.endswith("_url")}
    assert {name: login["user"] for name, login in logins.items()} == {
        "database_owner_url": SERVICES["db"]["environment"]["POSTGRES_USER"],
        "database_url": "activity_history_app",
        "database_retention_url": "activity_history_retention",
        "database_replica_url": "activity_history_app",
    }
    assert logins["database_owner_url"]["password"] == made["postgres_password"]
    assert len({login["password"] for login in logins.values()}) == 3
    assert place.stat().st_mode & 0o777 == 0o700

    (place / "database_replica_url").unlink()
    assert make(place) == ["database_replica_url"]
    assert (place / "database_replica_url").read_text() == made["database_replica_url"]
    assert (place / "secret_key").read_text() == made["secret_key"]


def test_nginx_is_given_all_that_its_configuration_names() -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", (CLONE / "deploy" / "nginx.conf").read_text()))
    given = SERVICES["nginx"]["environment"]
    assert wanted == {name for name in given if not name.startswith("NGINX_")}
    assert all(re.search(given["NGINX_ENVSUBST_FILTER"].replace("$$", "$"), name) for name in wanted)


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


def test_the_image_serves_as_make_run_does() -> None:
    shell, flag, line = json.loads(DOCKERFILE.split("CMD ")[1])

    assert (shell, flag) == ("sh", "-c")
    served = shlex.split(line.replace("${WEB_CONCURRENCY:-2}", "2"))
    assert served[0] == "exec"
    assert served[2:] == granian_command(host="0.0.0.0", port=8000, workers=2)[1:]
    assert find_spec(served[-1].split(":")[0]) is not None


def test_the_image_is_not_run_by_root_and_installs_by_hash() -> None:
    assert re.search(r"(?m)^USER (?!root|0)", DOCKERFILE)
    assert "--require-hashes -r requirements.txt" in DOCKERFILE


def test_the_app_is_asked_whether_it_is_ready() -> None:
    assert SERVICES["app"]["healthcheck"]["test"] == ["CMD", "python", "-m", "config.probe"]
    assert resolve(probe.READY).url_name == "ready"
