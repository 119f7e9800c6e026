"""Is an exchange as the OpenAPI document says?"""

import json
import re
from functools import cache
from typing import Any

import httpx
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))  # type: ignore[no-untyped-call,no-any-return]


@cache
def _registry() -> Any:
    resource: Resource[Any] = Resource.from_contents(document(), default_specification=DRAFT202012)
    return Registry().with_resource("urn:openapi", resource)


@cache
def _operations() -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
    return [
        (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "/?"), method.upper(), operation)
        # A path that is written out goes before one with a place for something (OpenAPI 3.1, section 4.8.8.2).
        for path, operations in sorted(document()["paths"].items(), key=lambda item: "{" in item[0])
        for method, operation in operations.items()
    ]


def check(request: httpx.Request, response: httpx.Response) -> None:
    """Raises AssertionError where the document does not foresee the answer, or the request of a 2xx."""
    assert response.headers["x-correlation-id"]
    assert response.headers["server-timing"].startswith("db;dur=")
    assert "cache-control" in response.headers
    operation = _operation(request)
    if operation is None or request.method in ("OPTIONS", "HEAD"):
        if response.status_code >= 400:
            _check_shape(response, {"$ref": "#/components/schemas/Problem"}, "application/problem+json")
        return
    foreseen = operation["responses"].get(str(response.status_code))
    assert foreseen, f"{response.status_code} is not documented for {request.method} {request.url.path}"
    kind = response.headers["content-type"]
    assert kind in foreseen["content"], f"{kind} is not documented for {response.status_code}"
    _check_shape(response, foreseen["content"][kind]["schema"], kind)
    # A 207 may answer for members that the document refuses.
    if response.status_code in (200, 201) and request.content:
        _validate(json.loads(request.content), operation["requestBody"]["content"]["application/json"]["schema"])


def _operation(request: httpx.Request) -> dict[str, Any] | None:
    for path, method, operation in _operations():
        if method == request.method and path.fullmatch(request.url.path):
            return operation
    return None


def _check_shape(response: httpx.Response, schema: dict[str, Any], kind: str) -> None:
    assert response.headers["content-type"] == kind
    if kind not in ("application/json", "application/problem+json"):
        _validate(response.text, schema)
        return
    body = response.json()
    _validate(body, schema)
    if kind == "application/problem+json":
        assert body["status"] == response.status_code


def _validate(value: Any, schema: dict[str, Any]) -> None:
    whole = json.loads(json.dumps(schema).replace('"#/', '"urn:openapi#/'))
    validator = Draft202012Validator(whole, registry=_registry(), format_checker=FormatChecker())
    errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(value)]
    assert not errors, errors
