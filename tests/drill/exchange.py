"""One request and its answer, timed and judged."""

import http.client
import json
from collections.abc import Collection, Mapping
from time import monotonic
from typing import Any, NamedTuple

# Longer than any statement may run: an answer that takes more is none.
HANGS_AFTER_SECONDS = 20
UNAVAILABLE_WITHIN_SECONDS = 2.0
NO_ANSWER = 0


class Answer(NamedTuple):
    """`status` is NO_ANSWER where none came, and `error` then says why. The moments are of the monotonic clock."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    began: float
    ended: float
    error: str = ""

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """Kept open from request to request, and opened anew once it broke."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS_AFTER_SECONDS)
        self._token = token

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Never raises for what the service or the network does."""
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        began = monotonic()
        try:
            self._connection.request(method, path, data, sent)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Answer(NO_ANSWER, {}, b"", began, monotonic(), type(error).__name__)
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, named, content, began, monotonic())

    def close(self) -> None:
        self._connection.close()


def what_is_wrong(answer: Answer, expected: Collection[int], *, may_be_cut_off: bool, judge_time: bool) -> str | None:
    """None where the answer is one that the contract foresees."""
    status = answer.status
    if status == NO_ANSWER:
        if answer.error == "TimeoutError":
            return f"hung for {HANGS_AFTER_SECONDS} seconds"
        return None if may_be_cut_off else f"no answer ({answer.error}), though the app was not killed"
    if status in expected:
        return None
    if status != 503:
        return f"{status} instead of {' or '.join(map(str, sorted(expected)))}"
    if not answer.headers.get("retry-after", "").isdigit():
        return "503 without Retry-After"
    if answer.headers.get("content-type") != "application/problem+json":
        return f"503 as {answer.headers.get('content-type')}"
    if judge_time and answer.seconds >= UNAVAILABLE_WITHIN_SECONDS:
        return f"503 after {answer.seconds:.1f} s, which is to come within {UNAVAILABLE_WITHIN_SECONDS:.0f}"
    return None
