"""Every request that is answered, noted at one place: around the short way and Django alike.

Here stands only what must be done before the answer leaves. The rest is done beside the answering, for the requests of
a fifth of a second at once: docs/decisions/0028-requests-are-told-a-second-later.md.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable
from time import perf_counter, time
from typing import Any

from activities.api import noted
from activity_history.answered import Answered, is_kept

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
# Some seconds of a busy worker; when nobody takes them, memory must not fill.
_WAITING_AT_MOST = 20_000

answered: deque[Answered] = deque()
dropped: Counter[str] = Counter(requests=0)


def logged(application: Application) -> Application:
    """The application, whose requests are put into `answered`."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        code, body, began = 500, (), perf_counter()

        def start(status: str, *rest: Any) -> Any:
            nonlocal code
            code = int(status[:3])
            return start_response(status, *rest)

        try:
            body = application(environ, start)  # type: ignore[assignment]
            return body
        finally:
            _note(environ, code, body, (perf_counter() - began) * 1000)

    return answer


def _note(environ: dict[str, Any], status: int, body: Any, ms: float) -> None:
    if len(answered) >= _WAITING_AT_MOST:
        dropped["requests"] += 1
        return
    told = environ.get
    answered.append(
        Answered(
            time(),
            ms,
            environ["REQUEST_METHOD"],
            told(noted.ROUTE),
            status,
            len(body[0]) if type(body) is list else _size(body),
            told(noted.CORRELATION_ID, ""),
            told(noted.CALLER),
            told(noted.PROBLEM, ""),
            told(noted.RUNS, ()),
            told("QUERY_STRING", "") if is_kept(status, ms) else "",
            told("HTTP_TRACEPARENT"),
        )
    )


def _size(body: Any) -> int:
    """Of an answer of Django's; its length stands on each."""
    return int(getattr(body, "headers", {}).get("Content-Length", 0))


def taken() -> list[Answered]:
    """All that wait, which are then nobody else's."""
    return [answered.popleft() for _ in range(len(answered))]
