"""A request as it was answered, without having been asked."""

from typing import Any

from activities.access import Caller
from activities.statements import Run
from activity_history.answered import Answered


def answered(**told: Any) -> Answered:
    """A list that went well, but for what is told."""
    caller = Caller(7, "repairs", frozenset(), None, None)
    runs = [Run("list_activities", 20, 0.25), Run("has_records", 1, 0.5)]
    known = {
        **{"at": 1_800_000_000.5, "ms": 1.25, "called": "GET", "pattern": "api/v1/activities/?$", "status": 200},
        **{"size": 512, "correlation_id": "c-1", "caller": caller, "problem": "", "runs": runs, "query": ""},
        "traceparent": None,
    }
    return Answered(**{**known, **told})
