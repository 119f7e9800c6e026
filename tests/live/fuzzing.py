"""Fuzzing of the served API by its own OpenAPI document."""

from collections import Counter
from random import Random
from typing import Any, cast
from urllib.parse import quote_from_bytes, urlsplit

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.openapi_check import document

_HEADERS = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Prefer",
    "X-Correlation-Id",
    "X-Forwarded-For",
)
_VALUES = (
    "",
    "*/*;q=0",
    "Bearer x.y.z",
    "application/json; charset=x",
    "a" * 300,
    "return=x, handling=lenient",
    "\x7f",
    "1,,2",
)
_PIECES = (
    b'"',
    b"{",
    b"]",
    b"null",
    b"-0",
    b"1e99",
    b"\\u0000",
    b"\\ud800",
    b"%00",
    b"%ff",
    b"&targetId=",
    b"NaN",
    b"\xf0\x9f",
)
_CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


Sent = list[httpx.Request]


def fuzz(url: str, bearer: str, requests: int, sent: Sent | None = None) -> Counter[int]:
    """Sends about so many requests, valid and broken, counts the answers by status, and puts them into `sent`.

    Raises when an answer is a 5xx or not as the document says.
    """
    schema = schemathesis.openapi.from_dict(document())
    schema.config.update(base_url=url)
    found = [cast(Any, result).ok() for result in schema.get_all_operations()]
    # Those of health take nothing that could be varied.
    operations = [operation for operation in found if operation.tags != ["health"]]
    codes: Counter[int] = Counter()
    for operation in operations:
        others = {other.path for other in operations} - {operation.path}
        _fuzz_operation(
            operation, others, bearer, requests // (2 * len(operations)), codes, [] if sent is None else sent
        )
    return codes


def _fuzz_operation(
    operation: Any, others: set[str], bearer: str, examples: int, codes: Counter[int], sent: Sent
) -> None:
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            response = case.call(headers={"Authorization": f"Bearer {bearer}"})
            codes[response.status_code] += 1
            told = response.request
            sent.append(httpx.Request(told.method, told.url, headers=dict(told.headers), content=told.body or b""))
            # In place of an id any word is tried, also "feed".
            is_of_another = urlsplit(told.url).path in others
            case.validate_response(response, checks=_CHECKS[:1] if is_of_another else _CHECKS)

        send()


def fuzz_further(sent: Sent, requests: int, chance: Random) -> Counter[int]:
    """Sends so many, each one of those sent before with some bytes changed. Raises when one is answered by a 5xx."""
    codes: Counter[int] = Counter()
    with httpx.Client(timeout=30) as client:
        for _ in range(requests):
            request = _changed(chance.choice(sent), chance)
            try:
                response = client.send(request)
            except httpx.RemoteProtocolError:
                # A kept connection may end as it is used again; a request that ends it does so a second time.
                response = client.send(request)
            assert response.status_code < 500, (request.method, request.url, request.content, response.text)
            codes[response.status_code] += 1
    return codes


def _changed(request: httpx.Request, chance: Random) -> httpx.Request:
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "content-length"}
    query, body = request.url.query, request.content
    match chance.randrange(4):
        case 0:
            query = _bent(query, chance)
        case 1:
            headers[chance.choice(_HEADERS).lower()] = chance.choice(_VALUES)
        case _:
            body = _bent(body, chance)
    escaped = quote_from_bytes(query, safe="%&=+")
    return httpx.Request(request.method, request.url.copy_with(query=escaped.encode()), headers=headers, content=body)


def _bent(text: bytes, chance: Random) -> bytes:
    """With up to four bytes or pieces put in, taken out or doubled."""
    bent = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(bent))
        until = min(len(bent), place + chance.randint(0, 9))
        bent[place:until] = chance.choice(
            [b"", chance.randbytes(2), chance.choice(_PIECES), bytes(bent[place:until]) * 2]
        )
    return bytes(bent)
