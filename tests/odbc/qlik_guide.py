"""What docs/qlik.md shows: the connection, and the load script with what it asks for."""

import re
from typing import NamedTuple

from config.local_files import CLONE

_GUIDE = (CLONE / "docs/qlik.md").read_text()
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(_GUIDE)

[CONNECTION] = [text.strip() for _, text in BLOCKS if text.startswith("Driver=")]
[LOAD_SCRIPT] = [text for language, text in BLOCKS if language == "qlik" and "SUB Refresh" in text]
[FEED_SCRIPT] = [text for language, text in BLOCKS if language == "qlik" and "upToDate" in text]


class Refreshed(NamedTuple):
    """A view of which a copy is kept up to date."""

    view: str
    columns: str


REFRESHED = [Refreshed(*found) for found in re.findall(r"CALL Refresh\('(\w+)',\s*'([^']*)'\);", LOAD_SCRIPT)]
WHOLE = re.findall(r"CALL LoadWhole\('(\w+)'\);", LOAD_SCRIPT)


def asked(table: str) -> list[str]:
    """The SQL of the statements that fill that table of the script, in their order, with its variables in them."""
    statement = re.compile(rf"^ *(?:CONCATENATE \()?(?:\[{re.escape(table)}\]|{re.escape(table)})\)?:?\n *SQL (.*?);$", re.M | re.S)
    found = statement.findall(LOAD_SCRIPT)
    assert found, table
    return [" ".join(sql.split()) for sql in found]


def expanded(sql: str, **variables: object) -> str:
    for name, value in variables.items():
        sql = sql.replace(f"$({name})", str(value))
    assert "$(" not in sql
    return sql
