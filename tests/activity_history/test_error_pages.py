"""What people read when something went wrong; the same for programs is in tests/activities/api/test_problems.py."""

from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client

from activity_history import problem_pages

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
HEADERS = {"Accept": BROWSER, "x-correlation-id": "r-42"}


def get(path: str, **headers: str) -> tuple[int, str, str]:
    """Status, content type and text."""
    answer = Client(raise_request_exception=False).get(path, headers=HEADERS | headers)
    return answer.status_code, answer.headers["content-type"].split(";")[0], answer.content.decode()


def failing(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("path", ["/nowhere", "/histories", "/api/docs/problems/nowhere", "/favicon.ico"])
def test_unknown_page(path: str) -> None:
    status, kind, text = get(path)
    assert (status, kind) == (404, "text/html")
    assert "Page not found" in text
    assert "check that it is complete and right" in text


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/nowhere", "/api/v1/activities"])
def test_the_api_answers_browsers_as_it_answers_all(path: str) -> None:
    assert get(path)[1] == "application/problem+json"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json, text/html;q=0.5", ""])
def test_programs_get_the_problem(accept: str) -> None:
    assert get("/nowhere", Accept=accept)[:2] == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("error", "status", "heading", "cure"),
    [
        (LookupError("Ruta Haile"), 500, "Sorry, there is a problem with the service", "Try again later."),
        (OperationalError("Ruta Haile"), 503, "Sorry, the service is not available", "Load this page again"),
        (psycopg.OperationalError("Ruta Haile"), 503, "Sorry, the service is not available", "Load this page again"),
        (PermissionDenied("Ruta Haile"), 403, "You may not see this page", "for the permission to view activities"),
    ],
)
def test_failure(monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, heading: str, cure: str) -> None:
    monkeypatch.setattr(problem_pages, "render", failing(error))
    answer = Client(raise_request_exception=False).get("/", headers=HEADERS)
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)
    assert heading in text
    assert cure in text
    assert "Ruta" not in text
    assert ("r-42" in text) == (status != 403)


def test_host_that_is_not_ours() -> None:
    status, kind, text = get("/", Host="elsewhere.example")
    assert (status, kind) == (400, "text/html")
    assert "does not answer under this name" in text
    assert "elsewhere.example" not in text
