"""Labels made from names, for words that the table does not have."""

import re
from collections.abc import Collection

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])")
UUID = re.compile(r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}")
_BETWEEN = re.compile(r"[\s_.\-/]+")


def made_label(name: str, acronyms: Collection[str] = ()) -> str:
    """`tenureActivity` is "Tenure activity", `basicRentNoVAT` is "Basic rent no VAT"; what has no word is "Unnamed".

    `acronyms` are those that names spell in lower case, too.
    A UUID that somebody uses as a name stays one: in parts it would not be known as such.
    """
    if UUID.search(name):
        return name
    words = [word for word in _BETWEEN.split(_BOUNDARY.sub(" ", name)) if word]
    if not words:
        return "Unnamed"
    first, *others = (_word(word, acronyms) for word in words)
    return " ".join((first[:1].upper() + first[1:], *others))


def _word(word: str, acronyms: Collection[str]) -> str:
    if word.upper() in acronyms:
        return word.upper()
    return word if len(word) > 1 and word.isupper() else word.lower()


def within_a_sentence(label: str) -> str:
    """With a small first letter, unless an acronym is there."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def listed(names: Collection[str]) -> str:
    """ "Rent, Heating and Garage"; empty where there is none."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last
