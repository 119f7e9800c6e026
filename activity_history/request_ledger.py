"""What a worker has yet to write of the requests that it answered: their counts, and the records that are kept."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import connection, transaction

from activity_history import request_records
from activity_history.answered import Answered
from activity_history.request_records import RequestRecord, record_of

# An hour and a worker. Of each status, so that what is frequent does not crowd out what is rare.
RECORDS_OF_A_STATUS = 2_000
# While the database is gone.
_RECORDS_WAITING, _COUNTS_WAITING = 1_000, 5_000
# It waits for no one: a commit that is lost in a crash of the database takes a second of counts with it.
_LIMITS = "SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = '2s'; SET LOCAL lock_timeout = '1s'"
# In one order, so that two workers that add to the same rows do not deadlock.
_ADD_REQUESTS = """
INSERT /* count_requests */ INTO request_count (hour, method, route, status, problem, client_id, requests, ms)
SELECT to_timestamp(hour * 3600), method, route, status, problem, client_id, requests, ms
FROM jsonb_to_recordset(%s) AS added (hour bigint, method text, route text, status smallint, problem text,
    client_id bigint, requests bigint, ms float8)
ORDER BY 1, 2, 3, 4, 5, 6
ON CONFLICT (hour, method, route, status, problem, client_id) DO UPDATE
SET requests = request_count.requests + excluded.requests, ms = request_count.ms + excluded.ms
"""
_ADD_STATEMENTS = """
INSERT /* count_statements */ INTO statement_count (hour, name, calls, ms, rows)
SELECT to_timestamp(hour * 3600), name, calls, ms, rows
FROM jsonb_to_recordset(%s) AS added (hour bigint, name text, calls bigint, ms float8, rows bigint)
ORDER BY 1, 2
ON CONFLICT (hour, name) DO UPDATE
SET calls = statement_count.calls + excluded.calls, ms = statement_count.ms + excluded.ms,
    rows = statement_count.rows + excluded.rows
"""
_REQUEST = ("hour", "method", "route", "status", "problem", "client_id", "requests", "ms")
_STATEMENT = ("hour", "name", "calls", "ms", "rows")


class RequestLedger:
    """`dropped` counts what was not written and will not be, by what it is."""

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter(records=0, counts=0, frequent=0)
        self._records: list[RequestRecord] = []
        self._requests: defaultdict[tuple[object, ...], list[float]] = defaultdict(lambda: [0, 0.0])
        self._statements: defaultdict[tuple[object, ...], list[float]] = defaultdict(lambda: [0, 0.0, 0])
        self._kept: Counter[tuple[int, int]] = Counter()

    def take(self, requests: Iterable[Answered]) -> None:
        for request in requests:
            hour = int(request.at // 3600)
            client_id = request.caller.client_id if request.caller else None
            counted = self._requests[
                hour, request.method, request.route[:255], request.status, request.problem, client_id
            ]
            counted[0] += 1
            counted[1] += request.ms
            for name, rows, ms, _ in request.runs:
                used = self._statements[hour, name]
                used[0] += 1
                used[1] += ms
                used[2] += rows
            if request.is_worth_a_record:
                self._keep(request, hour)
        self._bound()

    def _keep(self, request: Answered, hour: int) -> None:
        self._kept[hour, request.status] += 1
        if self._kept[hour, request.status] > RECORDS_OF_A_STATUS:
            self.dropped["frequent"] += 1
        else:
            self._records.append(record_of(request))

    def _bound(self) -> None:
        if (excess := len(self._records) - _RECORDS_WAITING) > 0:
            self.dropped["records"] += excess
            del self._records[:excess]
        for waiting in (self._requests, self._statements):
            while len(waiting) > _COUNTS_WAITING:
                self.dropped["counts"] += int(waiting.pop(next(iter(waiting)))[0])
        newest = max((hour for hour, _ in self._kept), default=0)
        self._kept = Counter({key: count for key, count in self._kept.items() if key[0] == newest})

    def write(self) -> None:
        """All in one transaction, or nothing, which then waits for the next time. Raises what the database raises."""
        if not (self._records or self._requests):
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LIMITS)
            for sql, names, waiting in (
                (_ADD_REQUESTS, _REQUEST, self._requests),
                (_ADD_STATEMENTS, _STATEMENT, self._statements),
            ):
                rows = [dict(zip(names, (*key, *sums), strict=True)) for key, sums in waiting.items()]
                cursor.execute(sql, [json.dumps(rows)])
            request_records.write(self._records)
        self._clear()

    def drop(self) -> None:
        """Counts as dropped whatever waits."""
        self.dropped["records"] += len(self._records)
        self.dropped["counts"] += sum(int(sums[0]) for sums in self._requests.values())
        self._clear()

    def _clear(self) -> None:
        for waiting in (self._records, self._requests, self._statements):
            waiting.clear()
