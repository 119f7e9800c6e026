"""`/api/health/live` and `/api/health/ready`, for whoever restarts workers and sends them requests: docs/health.md."""

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from select import POLLIN, poll
from time import monotonic
from typing import Any

import django.db
import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from psycopg.pq import ExecStatus
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from activities.api import openapi, openapi_parts
from activities.api.answers import as_response
from activities.api.calls import json_answer
from activities.api.problems import Problem
from config.database_roles import is_embedded
from config.local_files import data_directory

_DATABASE_SECONDS = 1.0
_LEAST_FREE_BYTES = 100 * 2**20

_GOOD = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}


def _described(summary: str, *problems: int) -> openapi.Decorator:
    described: openapi.Decorator = extend_schema(
        tags=["health"],
        summary=summary,
        description="Needs no token, and answers whatever `Host` is named.",
        parameters=openapi_parts.CORRELATION,
        responses={(200, "application/json"): OpenApiResponse(_GOOD, "It is."), **openapi_parts.problems(*problems)},
    )
    return described


class _Health(APIView):
    authentication_classes = ()
    permission_classes = ()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Probes are answered whatever they accept."""
        return JSONRenderer(), JSONRenderer.media_type


class Live(_Health):
    @_described("Is this worker alive?", 500)
    def get(self, request: Request) -> HttpResponse:
        return as_response(json_answer({"status": "ok"}, 200))


class Ready(_Health):
    @_described("Can it do its work?", 500, 503)
    def get(self, request: Request) -> HttpResponse:
        if wrong := [sentence for check, sentence in _CHECKS if not check()]:
            raise Problem("unavailable", " ".join(wrong), headers={"Retry-After": "5"})
        return as_response(json_answer({"status": "ok"}, 200))


def database_answers() -> bool:
    """On the worker's own connection, which may have broken while nobody asked: then on a new one."""
    try:
        return _answers_in_time() or _answers_in_time()
    except TimeoutError:
        connection.close()
        return False


def _answers_in_time() -> bool:
    """Raises TimeoutError when it does not answer at all."""
    try:
        connection.ensure_connection()
        server = connection.connection.pgconn
        server.send_query(b"SELECT /* health */ 1")
        server.flush()
        _await(server)
        statuses = [result.status for result in iter(server.get_result, None)]
    except (django.db.Error, psycopg.Error):
        statuses = []
    if statuses == [ExecStatus.TUPLES_OK]:
        return True
    connection.close()
    return False


def _await(server: Any) -> None:
    until = monotonic() + _DATABASE_SECONDS
    ready = poll()
    ready.register(server.socket, POLLIN)
    while server.is_busy():
        left = until - monotonic()
        if left <= 0 or not ready.poll(left * 1000):
            raise TimeoutError
        server.consume_input()


_migrated: set[bool] = set()


def no_migration_is_missing() -> bool:
    """Once none is, none goes missing while this worker lives."""
    if not _migrated:
        try:
            applied = MigrationRecorder(connection).applied_migrations()
        except (django.db.Error, psycopg.Error):
            # Not known: that the database does not answer is told by its own check.
            return True
        if _migrations() <= set(applied):
            _migrated.add(True)
    return bool(_migrated)


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def disk_has_room() -> bool:
    """Of this machine; that of a PostgreSQL elsewhere is watched there."""
    return all(shutil.disk_usage(place).free >= _LEAST_FREE_BYTES for place in _places())


@cache
def _places() -> tuple[Path, ...]:
    temporary = Path(tempfile.gettempdir())
    return (temporary, data_directory()) if is_embedded() else (temporary,)


_CHECKS: tuple[tuple[Callable[[], bool], str], ...] = (
    (database_answers, "The database does not answer within a second."),
    (no_migration_is_missing, "A migration is missing: run `manage.py migrate`."),
    (disk_has_room, "The disk of the service is full: free at least 100 MiB."),
)
