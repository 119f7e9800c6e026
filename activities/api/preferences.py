"""The Prefer header (RFC 7240)."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_PREFERENCE = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?')

# Closed or not: each character is looked at once.
_BETWEEN_COMMAS = re.compile(r'(?:"(?:\\.|[^"\\])*"?|[^,"])+')


class Preferences(NamedTuple):
    """`wants` is "representation", "minimal" or None."""

    wants: str | None
    lenient: bool

    def applied(self, *, lenient: bool) -> dict[str, str]:
        """The Preference-Applied header for what was heeded."""
        heeded = (["handling=lenient"] if lenient else []) + (
            [f"return={self.wants}"] if self.wants and not lenient else []
        )
        return {"Preference-Applied": ", ".join(heeded)} if heeded else {}


def read_preferences(meta: Mapping[str, Any]) -> Preferences:
    """Of equal preferences the first counts, and unknown ones do not, as the RFC says."""
    given: dict[str, str] = {}
    for part in _BETWEEN_COMMAS.findall(meta.get("HTTP_PREFER", "")):
        if match := _PREFERENCE.match(part):
            given.setdefault(match[1].lower(), (match[2] or match[3] or "").lower())
    wants = given.get("return")
    return Preferences(
        wants=wants if wants in ("representation", "minimal") else None,
        lenient=given.get("handling") == "lenient",
    )
