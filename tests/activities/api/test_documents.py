import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from django.conf import settings
from drf_spectacular.renderers import OpenApiYamlRenderer
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api_client import CheckedClient
from tests.openapi_check import document

WRITTEN = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


def test_written_document_is_what_the_code_says() -> None:
    assert yaml.safe_load(WRITTEN.read_text()) == document(), "run `make openapi`"


def test_document_is_valid() -> None:
    OpenAPIV31SpecValidator(document()).validate()


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_document_is_served(path: str) -> None:
    response = CheckedClient().get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{OpenApiYamlRenderer.media_type}; charset=utf-8"
    assert yaml.safe_load(response.text) == document()


def test_document_is_served_as_json_too() -> None:
    response = CheckedClient().get("/api/schema", headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert response.json() == document()


def test_document_names_every_path_and_method() -> None:
    operations = {path: sorted(methods) for path, methods in document()["paths"].items()}
    assert operations == {
        "/api/v1/activities": ["get", "post"],
        "/api/v1/activities/export": ["get"],
        "/api/v1/activities/feed": ["get"],
        "/api/v1/activities/{id}": ["get"],
        "/api/v1/activityHistory": ["get", "post"],
        "/api/v1/activityhistory": ["get", "post"],
        "/api/health/live": ["get"],
        "/api/health/ready": ["get"],
        "/api/v1/viewer-links": ["post"],
    }


def test_every_operation_wants_a_bearer_token() -> None:
    paths = document()["paths"]
    wanted = {path: [each.get("security") for each in methods.values()] for path, methods in paths.items()}
    # Whoever asks whether the service lives has no token.
    assert [wanted.pop(f"/api/health/{name}") for name in ("live", "ready")] == [[None], [None]]
    assert [each for methods in wanted.values() for each in methods] == [[{"bearer": []}]] * 10
    assert document()["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


class Loads(HTMLParser):
    """The addresses that a page makes the browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = ("src", "href") if tag in ("script", "link", "img", "iframe") else ()
        self.found += [value for name, value in attributes if name in named and value]


def loaded_by(page: str) -> list[str]:
    loads = Loads()
    loads.feed(page)
    return loads.found


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_explorer_loads_from_no_other_host(path: str) -> None:
    api = CheckedClient()
    page = api.get(path)
    assert page.status_code == 200
    addresses = loaded_by(page.text)
    assert addresses
    assert [
        address for address in addresses if urlsplit(urljoin("http://localhost/", address)).netloc != "localhost"
    ] == []
    for address in addresses:
        assert api.get(urljoin(f"http://localhost{path}", address)).status_code == 200, address
    assert outside(page.text) == []


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_script_of_the_explorer_names_no_other_host(path: str) -> None:
    script = next(address for address in loaded_by(CheckedClient().get(path).text) if "script" in address)
    response: Any = CheckedClient().get(urljoin(f"http://localhost{path}", script))
    assert response.status_code == 200
    assert '"/api/schema"' in response.text or "http://localhost/api/schema" in response.text
    assert outside(response.text) == []


def outside(text: str) -> list[str]:
    return [host for host in re.findall(r"(?:https?:)?//([a-z0-9.-]+\.[a-z]+)", text) if host != "localhost"]
