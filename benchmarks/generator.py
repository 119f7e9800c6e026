"""A small load generator, for where wrk is missing, and for what wrk cannot do: so many requests, or so many a second.

Prints one line of JSON: requests, seconds, errors, p50_ms, p95_ms, usual_p95_ms, max_ms.
SIGTERM ends a load of so many a second.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

_PLACEHOLDER = b"00000000-0000-0000-0000-000000000000"
_CONNECTIONS = 4
# At a rate, a request must not wait for a connection that another one holds.
_CONNECTIONS_AT_A_RATE = 32


class Run:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._lines = Path(options.file).read_bytes().splitlines()
        self._next = random.randrange(len(self._lines))
        self._begun = time.perf_counter()
        self._sent = 0
        self.times: list[float] = []
        self.errors = 0

    async def connection(self) -> None:
        """Sends until enough is sent, one request after the other."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._options.port, limit=2**24)
        async for due in self._turns():
            writer.write(self._request())
            status = await _answer(reader)
            self.times.append(time.perf_counter() - due)
            self.errors += status >= 400
        writer.close()

    async def _turns(self) -> AsyncIterator[float]:
        """The moments from which each request's time counts."""
        while True:
            now, options = time.perf_counter(), self._options
            if options.rate:
                due = self._begun + self._sent / options.rate
                if due - self._begun > options.seconds:
                    return
                self._sent += 1
                if due <= now:
                    yield due
                    continue
                # The loop wakes up to a millisecond late, which is not the server's time.
                await asyncio.sleep(due - now)
                yield time.perf_counter()
            elif self._sent == options.count or (options.seconds and now - self._begun > options.seconds):
                return
            else:
                self._sent += 1
                yield now

    def end(self) -> None:
        self._options.seconds = -1

    def _request(self) -> bytes:
        line = self._lines[self._next]
        self._next = (self._next + 1) % len(self._lines)
        options = self._options
        head = f"Host: 127.0.0.1:{options.port}\r\nAuthorization: Bearer {os.environ['BENCHMARK_TOKEN']}\r\n"
        if options.method == "GET":
            return b"GET " + line + b" HTTP/1.1\r\n" + head.encode() + b"\r\n"
        body = with_new_ids(line)
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"POST {options.path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def outcome(self) -> dict[str, float]:
        ordered = sorted(self.times)
        return {
            "requests": len(ordered),
            "seconds": time.perf_counter() - self._begun,
            "errors": self.errors,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p95_ms": _p95(ordered) * 1000,
            "usual_p95_ms": usual_p95(self.times, round(self._options.rate * self._options.window)) * 1000,
            "max_ms": ordered[-1] * 1000,
        }


def usual_p95(times: list[float], count: int) -> float:
    """The median of the 95th percentiles of each so many: what the machine does for others now and then is left out."""
    parts = [times[start : start + count] for start in range(0, len(times) - count + 1, count)] if count else []
    return median(_p95(sorted(part)) for part in parts or [times])


def _p95(ordered: list[float]) -> float:
    return ordered[len(ordered) * 95 // 100]


def with_new_ids(body: bytes) -> bytes:
    """The body with a new random id for each id of zeros."""
    parts = body.split(_PLACEHOLDER)
    ids = (str(UUID(int=random.getrandbits(128), version=4)).encode() for _ in parts[1:])
    return parts[0] + b"".join(id + part for id, part in zip(ids, parts[1:], strict=True))


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def _load(options: argparse.Namespace) -> Run:
    run = Run(options)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, run.end)
    connections = _CONNECTIONS_AT_A_RATE if options.rate else min(_CONNECTIONS, options.count or _CONNECTIONS)
    await asyncio.gather(*(run.connection() for _ in range(connections)))
    return run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--window", type=float, default=0, help="seconds of which each has its 95th percentile")
    for name in ("method", "path", "file"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0)
    run = _runner()(_load(parser.parse_args()))
    print(json.dumps(run.outcome()))


def _runner() -> Callable[[Coroutine[Any, Any, Run]], Run]:
    """A faster loop where there is one: what we use is taken from the servers."""
    with suppress(ImportError):
        import uvloop

        return uvloop.run  # type: ignore[no-any-return,unused-ignore]
    return asyncio.run


if __name__ == "__main__":
    main()
