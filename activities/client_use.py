"""What clients have used of their allowances, minute by minute, in a table that all workers share."""

from datetime import datetime
from typing import Any, NamedTuple

from activities import statements


class Counted(NamedTuple):
    """The sum of all workers, and whether what was asked for is in it."""

    total: int
    let_through: bool


def count(client_id: int, allowance: str, *, minute: datetime, counted: int, asked: int, most: int) -> Counted:
    """Adds what was let through already (`counted`), and what is `asked` for where the sum then is at most `most`."""
    given = {"client_id": client_id, "allowance": allowance, "minute": minute, "most": most}
    rows: list[Any] = statements.run("count_use", given | {"counted": counted, "asked": asked})
    [(total, let_through)] = rows
    return Counted(int.from_bytes(total, "big", signed=True), let_through == b"\1")


def forget_old(now: datetime) -> None:
    """Of the hours before this one."""
    statements.run("forget_use", {"before": now.replace(minute=0, second=0, microsecond=0)})
