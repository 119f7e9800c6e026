"""The names of the ORM's statements within the text that the database sees and counts."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_FIRST_KEYWORD = re.compile(r"[\s(]*[A-Z]+")


@contextmanager
def tagged(name: str) -> Iterator[None]:
    """Statements of this block bear the name behind their first keyword: pg_stat_statements cuts off what leads."""

    def execute_tagged(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        return execute(_FIRST_KEYWORD.sub(rf"\g<0> /* {name} */", sql, count=1), params, many, context)

    with connection.execute_wrapper(execute_tagged):
        yield
