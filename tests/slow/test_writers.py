"""Writers that overlap, repeat and are cut off lose nothing and store nothing twice."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.db import connection

from activities.access import WRITE
from activities.models import Activity, Author
from tests.acting import acting_as
from tests.api_client import token
from tests.live.serving import Server, serving
from tests.shapes import activity

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 20
TIMES = 5


def _client(server: Server, bearer: str) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {bearer}"}, timeout=60)


def _numbered(count: int) -> list[dict[str, Any]]:
    return [
        activity(id=str(uuid4()), targetId=f"t-{n % 7}", author={"fullName": f"Author {n % 11}"}) for n in range(count)
    ]


def test_overlapping_writers_store_each_activity_exactly_once() -> None:
    activities = _numbered(60)
    requests: list[list[dict[str, Any]]] = []
    for start in range(0, 60, 6):
        overlapping = activities[start : start + 20]
        requests += [overlapping, overlapping[::-1]]
    requests += [[one] for one in activities[::10]]

    def write(number: int) -> list[int]:
        mine = requests * TIMES
        random.Random(number).shuffle(mine)
        with _client(server, bearer) as client:
            return [client.post("/api/v1/activities", json=body).status_code for body in mine]

    bearer = token(WRITE)
    with serving(workers=2) as server, ThreadPoolExecutor(WRITERS) as pool:
        codes = [code for answers in pool.map(write, range(WRITERS)) for code in answers]
    assert len(codes) == WRITERS * TIMES * len(requests)
    assert set(codes) <= {200, 201}
    assert set(Activity.objects.values_list("id", flat=True)) == {UUID(one["id"]) for one in activities}
    assert Author.objects.count() == 11


def test_what_was_acknowledged_survives_a_killed_server_and_arrays_are_whole() -> None:
    arrays = [_numbered(50) for _ in range(400)]
    acknowledged: list[int] = []
    bearer = token(WRITE)
    server = Server(workers=2)
    server.start()
    killer = threading.Thread(target=_kill_once, args=(server, lambda: len(acknowledged) > 25))
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda mine: _post_until_cut_off(server, bearer, arrays, mine, acknowledged), range(4)))
    killer.join()
    _wait_for_open_transactions()
    stored = set(Activity.objects.values_list("id", flat=True))
    whole = [number for number, array in enumerate(arrays) if {UUID(one["id"]) for one in array} <= stored]
    assert 25 < len(acknowledged) < len(arrays)
    assert set(acknowledged) <= set(whole)
    assert len(stored) == 50 * len(whole)

    again = range(max(whole) + 20)
    server.start()
    try:
        with _client(server, bearer) as client:
            codes = {client.post("/api/v1/activities", json=arrays[number]).status_code for number in again}
    finally:
        server.stop()
    assert codes <= {200, 201}
    assert Activity.objects.count() == 50 * len(again)


def _post_until_cut_off(
    server: Server, bearer: str, arrays: list[list[dict[str, Any]]], mine: int, acknowledged: list[int]
) -> None:
    with _client(server, bearer) as client:
        for number in range(mine, len(arrays), 4):
            try:
                response = client.post("/api/v1/activities", json=arrays[number])
            except httpx.TransportError:
                return
            assert response.status_code == 201
            acknowledged.append(number)


def _kill_once(server: Server, reached: Callable[[], bool]) -> None:
    _until(reached)
    server.kill()


def _until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not done() and time.monotonic() < ends:
        time.sleep(0.005)


def _wait_for_open_transactions() -> None:
    """A worker that was killed may have left its last statement running in the database."""
    _until(lambda: not list(_others_at_work()))


def _others_at_work() -> Iterator[Any]:
    # Of others' connections only the owner is told all.
    with acting_as("owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        yield from cursor.fetchall()
