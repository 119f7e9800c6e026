"""An error in the service reaches people, once for all workers, and what it says of persons reaches nobody."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from activities.access import WRITE
from config.database_roles import Role
from config.local_files import CLONE
from tests.api_client import token
from tests.live.serving import database_addresses, database_url, serving
from tests.receivers import dsn, event_of, http_server, mail_server, text_of
from tests.shapes import activity

NAME = "Ruta Haile of 7 Elm Row"
TARGET = "target-of-ruta"


@contextmanager
def refusing_the_name() -> Iterator[None]:
    """PostgreSQL names the whole row in the text of its error."""
    with psycopg.connect(database_url(Role.OWNER), autocommit=True) as owner:
        owner.execute("ALTER TABLE author ADD CONSTRAINT not_ruta CHECK (full_name NOT LIKE 'Ruta%')")
        try:
            yield
        finally:
            owner.execute("ALTER TABLE author DROP CONSTRAINT not_ruta")


def alerting(mails: Any, posts: Any, folder: Path) -> dict[str, str]:
    return {
        "ADMINS": "ops@council.example",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mails.port),
        "SENTRY_DSN": dsn(posts.port),
        "TMPDIR": str(folder),
        "LOG_FORMAT": "text",
    }


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_mailed_once_for_all_workers_and_names_no_person(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    headers = {"Authorization": f"Bearer {token(WRITE)}"}
    body = activity(author={"fullName": NAME}, targetId=TARGET, oldData={"surname": NAME})
    with mail_server() as mails, http_server() as posts, refusing_the_name():
        with serving(workers=2, **alerting(mails, posts, tmp_path)) as server:
            for _ in range(12):
                answer = httpx.post(f"{server.url}/api/v1/activities", json=body, headers=headers)
                assert (answer.status_code, NAME in answer.text) == (500, False)
            mail, event = mails.next(), event_of(posts.next())
        others = mails.rest()
        events = [event, *map(event_of, posts.rest())]
    fault = (
        "psycopg.errors.CheckViolation sqlstate=23514 constraint=not_ruta statement=author_ids"
        " at activities/recording.py:"
    )
    assert mail["Subject"].startswith(f"[Activity History, 127.0.0.1] {fault}")
    assert mail["To"] == "ops@council.example"
    assert text_of(mail).startswith(fault)
    assert [(each["Subject"], text_of(each)) for each in others] == []
    assert len(events) > 1
    assert {each["message"] for each in events} == {text_of(mail).splitlines()[0]}
    assert set(event) <= {
        *("event_id", "timestamp", "platform", "release", "environment", "server_name", "sdk"),
        *("level", "fingerprint", "message", "exception"),
    }
    told = capfd.readouterr().err
    assert "sqlstate=23514 constraint=not_ruta statement=author_ids" in told
    for place in (told, mail.as_string(), str(events)):
        assert not any(word in place for word in (NAME, "Ruta", TARGET))


@pytest.mark.django_db(transaction=True)
def test_an_error_that_ends_a_command_is_told_without_its_text(tmp_path: Path) -> None:
    statement = f"from activities.models import Author; Author.objects.create(full_name={NAME!r})"
    with mail_server() as mails, http_server() as posts, refusing_the_name():
        environment = {**os.environ, **database_addresses(Role.APPLICATION), **alerting(mails, posts, tmp_path)}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", statement]
        ended = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True)
        mail, event = mails.next(), event_of(posts.next())
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert lines[0].endswith(" CRITICAL config.uncaught A process or one of its threads ends by an error.")
    assert lines[1] == "django.db.utils.IntegrityError"
    cause = "psycopg.errors.CheckViolation sqlstate=23514 constraint=not_ruta"
    assert cause in lines
    assert text_of(mail).startswith(f"{cause} at ")
    assert [each["type"] for each in event["exception"]["values"]] == ["CheckViolation", "IntegrityError"]
    for place in (ended.stderr, mail.as_string(), str(event)):
        assert "Ruta" not in place.replace("not_ruta", "")
