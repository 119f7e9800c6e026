"""Before anything is measured: does each server do the same work? Ends the run where one does not."""

import json
import sys
from typing import Any
from uuid import uuid4

from benchmarks.bench import Bench, Plan
from benchmarks.servers import Server, get, list_path, post
from benchmarks.works import as_arrays, some_bodies

_TARGETS = 5
_MOMENTS = ("datetime", "recordedAt", "expiresAt")
_ZEROS = "00000000-0000-0000-0000-000000000000"


def check(bench: Bench, plan: Plan, running: list[Server]) -> None:
    print("Checking that all servers do the same …", flush=True)
    for target in plan.dataset.some_busy_targets(_TARGETS):
        histories = {server.name: _history(bench, server, target) for server in running}
        _must_agree("list", histories)
        wanted = histories[running[0].name][0]["id"]
        _must_agree("get one", {server.name: _one(bench, server, wanted) for server in running})
    bodies = some_bodies(bench, 2_000)
    for server in running:
        _check_storing(bench, server, bodies[0], 1)
        _check_storing(bench, server, as_arrays(bodies)[0], 1_000)


def _history(bench: Bench, server: Server, target: str) -> list[dict[str, Any]]:
    """The whole history, page by page, as far as all servers tell it."""
    path, found = list_path(server, target), []
    while path:
        page = read_json(bench, server, path)
        found += page["results"]
        path = _next_path(server, target, page)
    return [_common(record) for record in found]


def _next_path(server: Server, target: str, page: dict[str, Any]) -> str:
    if "paginationDetails" in page:
        token = page["paginationDetails"]["nextToken"]
        return f"{list_path(server, target)}&paginationToken={token}" if token else ""
    return str(page["next"] or "").removeprefix(f"http://127.0.0.1:{server.port}")


def _one(bench: Bench, server: Server, id: str) -> dict[str, Any]:
    return _common(read_json(bench, server, server.kind.one_path.format(id)))


def _common(record: dict[str, Any]) -> dict[str, Any]:
    """Without `changes` and `summary`, which only this project gives; moments as far as all write them alike."""
    kept = {name: value for name, value in record.items() if name not in ("changes", "summary")}
    return {name: value[:23] if name in _MOMENTS else value for name, value in kept.items()}


def read_json(bench: Bench, server: Server, path: str) -> dict[str, Any]:
    status, body = get(server, path, token=bench.token)
    if status != 200:
        sys.exit(f"{server.name}: GET {path} gave {status}: {body[:300]!r}")
    answer: dict[str, Any] = json.loads(body)
    return answer


def _must_agree(what: str, answers: dict[str, Any]) -> None:
    (first, wanted), *others = answers.items()
    for name, answer in others:
        if answer != wanted or not wanted:
            sys.exit(f"{what}: {name} and {first} differ: {str(answer)[:1000]}\n{str(wanted)[:1000]}")


def _check_storing(bench: Bench, server: Server, body: str, count: int) -> None:
    """Once, again the same, and again with other content."""
    ids = [str(uuid4()) for _ in range(count)]
    first, *rest = body.split(_ZEROS)
    sent = first + "".join(id + part for id, part in zip(ids, rest, strict=True))
    wanted = ((sent, (201,)), (sent, (200, 201)), (sent.replace("Officer", "Clerk"), (409,)))
    for number, (text, statuses) in enumerate(wanted, 1):
        status, answer = post(server, text.encode(), token=bench.token)
        stored = _stored(bench, ids)
        if status not in statuses or stored != count:
            sys.exit(f"{server.name}: POST {number} of {count} gave {status}, {stored} stored: {answer[:300]!r}")


def _stored(bench: Bench, ids: list[str]) -> int:
    with bench.cluster.connect(bench.database) as connection:
        row = connection.execute("SELECT count(*) FROM activity WHERE id = ANY(%s::uuid[])", [ids]).fetchone()
        return int(row[0]) if row else 0
