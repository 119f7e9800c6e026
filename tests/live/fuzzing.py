"""Fuzzing of the served API by its own OpenAPI document."""

from collections import Counter
from typing import Any, cast

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.openapi_check import document

_CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def fuzz(url: str, bearer: str, requests: int) -> Counter[int]:
    """Sends about so many requests, valid and broken, and counts the answers by status.

    Raises when an answer is a 5xx or not as the document says.
    """
    schema = schemathesis.openapi.from_dict(document())
    schema.config.update(base_url=url)
    found = [cast(Any, result).ok() for result in schema.get_all_operations()]
    # Those of health take nothing that could be varied.
    operations = [operation for operation in found if operation.tags != ["health"]]
    codes: Counter[int] = Counter()
    for operation in operations:
        _fuzz_operation(operation, bearer, requests // (2 * len(operations)), codes)
    return codes


def _fuzz_operation(operation: Any, bearer: str, examples: int, codes: Counter[int]) -> None:
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
            case.validate_response(response, checks=_CHECKS)

        send()
