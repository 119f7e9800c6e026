"""What docs/qlik.md shows: the connection, and the load script with what it asks for."""

import re
from typing import NamedTuple

from config.local_files import CLONE

GUIDE = (CLONE / "docs/qlik.md").read_text()
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(GUIDE)

[CONNECTION] = [text.strip() for _, text in BLOCKS if text.startswith("Driver=")]
[LOAD_SCRIPT] = [text for language, text in BLOCKS if language == "qlik" and "SUB Refresh" in text]
[FEED_SCRIPT] = [text for language, text in BLOCKS if language == "qlik" and "upToDate" in text]

# The table of the two ways of paging: URL, parameter of the token, and where an answer holds what leads on.
_URL, _PARAMETER, _PATHS = (
    re.findall(r"`([^`]+)`", line)
    for line in re.findall(r"^\| (?:URL|\*Token parameter name\*|path) .*$", GUIDE, re.MULTILINE)
)
[LIST_URL], [TOKEN_PARAMETER], [TOKEN_PATH, NEXT_URL_PATH] = _URL, _PARAMETER, _PATHS
[FEED_URL] = re.findall(r"`(https://[^`]+/feed\?[^`]+)`", GUIDE)

SCOPES = re.findall(r"--scope (\S+)", GUIDE)


class Refreshed(NamedTuple):
    """A view of which a copy is kept up to date."""

    view: str
    columns: str


REFRESHED = [Refreshed(*found) for found in re.findall(r"CALL Refresh\('(\w+)',\s*'([^']*)'\);", LOAD_SCRIPT)]
WHOLE = re.findall(r"CALL LoadWhole\('(\w+)'\);", LOAD_SCRIPT)


def asked(table: str) -> list[str]:
    """The SQL of the statements that fill that table of the script, in their order, with its variables in them."""
    name = re.escape(table)
    statement = rf"^ *(?:CONCATENATE \()?(?:\[{name}\]|{name})\)?:?\n *SQL (.*?);$"
    found = re.findall(statement, LOAD_SCRIPT, re.MULTILINE | re.DOTALL)
    assert found, table
    return [" ".join(sql.split()) for sql in found]


def expanded(sql: str, **variables: object) -> str:
    for name, value in variables.items():
        sql = sql.replace(f"$({name})", str(value))
    assert "$(" not in sql
    return sql
