"""The headers Accept (RFC 9110, 12.5.1), for a service that has only JSON to give, and Accept-Encoding (12.5.3)."""

import re

# Closed or not: each character is looked at once.
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"?')
_NO_WEIGHT = re.compile(r"q\s*=\s*0(?:\.0*)?", re.ASCII | re.IGNORECASE)
_EXACT, _WITH_PARAMETERS = 4, 3
_RANKS = {"application/json": _EXACT, "application/*": 2, "*/*": 1}


def accepts_json(header: str) -> bool:
    """Whether the most specific of the ranges that fit application/json lets it through.

    A range with parameters, such as `application/json;charset=utf-8`, asks for what is served all the same; with a
    weight of 0 it refuses only what bears them.
    """
    accepted: dict[int, bool] = {}
    for media_range in _QUOTED.sub("", header).split(","):
        kind, *parameters = (part.strip() for part in media_range.split(";"))
        welcome = not any(map(_NO_WEIGHT.fullmatch, parameters))
        rank = _RANKS.get(kind.lower(), 0)
        if rank == _EXACT and any(part and not re.match(r"q\s*=", part, re.IGNORECASE) for part in parameters):
            rank = _WITH_PARAMETERS if welcome else 0
        if rank:
            accepted[rank] = accepted.get(rank, False) or welcome
    return bool(accepted) and accepted[max(accepted)]


def accepts_gzip(header: str) -> bool:
    accepted: dict[str, bool] = {}
    for each in header.split(","):
        coding, *parameters = (part.strip() for part in each.split(";"))
        accepted[coding.lower()] = not any(map(_NO_WEIGHT.fullmatch, parameters))
    return accepted.get("gzip", accepted.get("x-gzip", accepted.get("*", False)))
