"""One line a request: JSON for machines, or words for a person at a terminal."""

import os
from collections.abc import Callable, Iterable

import orjson

from activity_history.answered import Answered

# POSIX lets so many bytes into a pipe at once; more might be torn apart by those of another worker.
_AT_ONCE = 4096
_FAILED = 500


def as_json(request: Answered) -> bytes:
    line = {
        "time": request.moment,
        "level": "ERROR" if request.status >= _FAILED else "INFO",
        "correlation_id": request.correlation_id,
        "client_id": request.caller.client_id if request.caller else None,
        "client": request.client_name,
        "method": request.method,
        "route": request.route,
        "status": request.status,
        "problem": request.problem or None,
        "ms": round(request.ms, 3),
        "db_ms": round(request.db_ms, 3),
        "statements": len(request.runs),
        "rows": request.rows,
        "bytes": request.size,
        "trace_id": request.trace_id,
    }
    return orjson.dumps(line, option=orjson.OPT_UTC_Z)


def as_text(request: Answered) -> bytes:
    database = f"database {request.db_ms:.1f} in {len(request.runs)}, {request.rows} rows"
    words = [
        f"{request.moment:%H:%M:%S} {request.status} {request.method} {request.route}",
        f"{request.ms:.1f} ms ({database}) {request.size} bytes",
        request.problem,
        request.client_name,
        request.correlation_id,
    ]
    return "  ".join(word for word in words if word).encode()


FORMS: dict[str, Callable[[Answered], bytes]] = {"json": as_json, "text": as_text}


def lines(requests: Iterable[Answered], *, form: str, level: str) -> list[bytes]:
    """At a level above INFO only of what failed."""
    as_line = FORMS[form]
    return [as_line(request) for request in requests if level == "INFO" or request.status >= _FAILED]


def write(written: Iterable[bytes], descriptor: int) -> None:
    """In parts that a pipe takes whole."""
    part: list[bytes] = []
    length = 0
    for line in written:
        if part and length + len(line) + 1 > _AT_ONCE:
            _write_all(descriptor, part)
            part, length = [], 0
        part.append(line)
        length += len(line) + 1
    if part:
        _write_all(descriptor, part)


def _write_all(descriptor: int, part: list[bytes]) -> None:
    left = b"\n".join(part) + b"\n"
    while left:
        left = left[os.write(descriptor, left) :]
