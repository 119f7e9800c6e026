"""A copy of the views as the load script of docs/qlik.md keeps it: its SQL runs by ODBC, the rest is done in Python."""

from datetime import UTC, datetime
from typing import Any

from tests import qlik_guide
from tests.odbc.conftest import Ask
from tests.qlik_guide import Refreshed, asked, expanded

Row = dict[str, Any]

# The script's conditions on what a QVD holds, which `_kept` follows.
CONDITIONS = """
    WHERE NOT Exists(erased_target, target_id)
      AND NOT Exists(fetched_id, activity_id)
      AND (IsNull(expires_utc) OR expires_utc > UTC());
"""


class QlikCopy:
    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.files: dict[str, list[Row]] = {}

    def reload(self) -> None:
        [erased], [readable] = asked("Erased"), asked("Readable")
        targets = {target for (target,) in self._ask(erased)}
        [(stored_below,)] = self._ask(readable)
        for refreshed in qlik_guide.REFRESHED:
            self._refresh(refreshed, targets, stored_below)
        [all_of] = [sql for sql in asked("$(view)") if sql.startswith("SELECT *")]
        for view in qlik_guide.WHOLE:
            self.files[view] = [{"row": row} for row in self._ask(expanded(all_of, view=view))]

    def _refresh(self, refreshed: Refreshed, erased: set[str], stored_below: int) -> None:
        kept = self.files.get(refreshed.view, [])
        since = max((row["stored_by"] for row in kept), default=0)
        if since >= stored_below:
            since = 0
        new, again = [sql for sql in asked("$(view)") if not sql.startswith("SELECT *")]
        rows = self._rows(new, refreshed, since)
        if since > 0:
            rows += self._rows(again, refreshed, since)
            rows += _kept(kept, erased, fetched={row["activity_id"] for row in rows})
        self.files[refreshed.view] = rows

    def _rows(self, sql: str, refreshed: Refreshed, since: int) -> list[Row]:
        names = refreshed.columns.split(", ")
        sql = expanded(sql, columns=refreshed.columns, view=refreshed.view, since=since)
        return [dict(zip(names, row, strict=True)) for row in self._ask(sql)]


def _kept(rows: list[Row], erased: set[str], *, fetched: set[str]) -> list[Row]:
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        row
        for row in rows
        if row["target_id"] not in erased
        and row["activity_id"] not in fetched
        and (row["expires_utc"] is None or row["expires_utc"] > now)
    ]
