"""What the files of `sql/` say of their statements: their purpose, who calls them, with what, and by which index.

Below its purpose a head has three fields, each of which may go on in lines that are indented:

    -- Called by: GET /path with this; manage.py that
    -- Parameters: first, second = where they come from; third = …
    -- Index: index_name, other_index; what else is to be said
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from activities import statements

_FOLDER = Path(statements.__file__).with_name("sql")
_FIELDS = ("Called by", "Parameters", "Index")


class Parameter(NamedTuple):
    """`source` is where its value comes from, in words; `type` is PostgreSQL's name."""

    name: str
    type: str
    source: str


class Facts(NamedTuple):
    """`text` has $1, $2, … for the parameters in their order."""

    name: str
    purpose: list[str]
    called_by: list[str]
    parameters: list[Parameter]
    indexes: list[str]
    index_note: str
    text: str

    @property
    def writes(self) -> bool:
        """Or locks rows."""
        return re.search(r"\b(INSERT|UPDATE|DELETE)\b", self.text) is not None

    @property
    def serves_reading(self) -> bool:
        """Is run for whoever calls the API or opens a page to read, and so finds what some reader may see."""
        return any(caller.startswith(("GET ", "any call")) for caller in self.called_by)

    @property
    def looks_for_words(self) -> bool:
        """In documents: how many rows it finds tells what is in them."""
        return re.search(r"\bI?LIKE\b", self.text) is not None


@cache
def all_facts() -> dict[str, Facts]:
    return {name: read(name, (_FOLDER / f"{name}.sql").read_text()) for name in statements.SQL}


def read(name: str, file: str) -> Facts:
    """Raises ValueError where a field is missing, or the parameters are not those of the statement."""
    head = "\n".join(re.findall(r"^--(.*)$", file, flags=re.MULTILINE))
    purpose, *fields = re.split(rf"^ ({'|'.join(_FIELDS)}):", head, flags=re.MULTILINE)
    if tuple(fields[::2]) != _FIELDS:
        raise ValueError(f"{name}.sql: its head must end with the fields {', '.join(_FIELDS)}, in this order.")
    called_by, parameters, index = (" ".join(text.split()) for text in fields[1::2])
    indexes, _, note = index.partition(";")
    statement = statements.SQL[name]
    return Facts(
        name=name,
        purpose=[" ".join(paragraph.split()) for paragraph in purpose.split("\n\n") if paragraph.strip()],
        called_by=called_by.split("; "),
        parameters=_parameters(name, parameters),
        indexes=[] if indexes == "none" else indexes.split(", "),
        index_note=note.strip(),
        text=statement.text.decode().strip(),
    )


def _parameters(name: str, said: str) -> list[Parameter]:
    sources: dict[str, str] = {}
    for part in said.split("; "):
        names, _, source = part.partition(" = ")
        sources |= dict.fromkeys(names.split(", "), source)
    statement = statements.SQL[name]
    if sorted(sources) != sorted(statement.parameters):
        wrong = ", ".join(sorted(set(sources) ^ set(statement.parameters)))
        raise ValueError(f"{name}.sql: its head and its text do not have the same parameters: {wrong}.")
    return [
        Parameter(each, _type(statement.text.decode(), number), sources[each])
        for number, each in enumerate(statement.parameters, 1)
    ]


def _type(text: str, number: int) -> str:
    """As it is cast somewhere; what is cast nowhere is text."""
    found = re.search(rf"\${number}::(\w+(?:\[\])?)", text)
    return found[1] if found else "text"
