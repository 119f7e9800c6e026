from collections.abc import Iterator

import pytest
from pytest_django import Settings

from activities import history
from activities.access import WRITE
from tests.api_client import ALL_SCOPES, CheckedClient, token
from tests.stored import stored

ORIGIN = "https://repairs.council.example"
PATH = "/api/v1/activityhistory"
EXPOSED = "x-correlation-id, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After"


@pytest.fixture(autouse=True)
def _origins(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN, "http://localhost:3000"]


@pytest.fixture
def page(db: None) -> Iterator[CheckedClient]:
    """A page in a browser on another origin."""
    with CheckedClient(token(*ALL_SCOPES)) as client:
        client.headers["Origin"] = ORIGIN
        yield client


def preflight(origin: str, method: str = "GET") -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,x-correlation-id",
    }


@pytest.mark.parametrize("path", [PATH, "/api/v1/activityHistory", f"{PATH}/", "/api/v1/activities"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_preflight_is_let_through_without_a_token(path: str, method: str) -> None:
    response = CheckedClient().options(f"{path}?targetId=t-1&pageSize=5", headers=preflight(ORIGIN, method))
    assert response.is_success
    given = {name: value for name, value in response.headers.items() if name.startswith("access-control-")}
    assert given == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-headers": "authorization, content-type, x-correlation-id, idempotency-key, prefer",
        "access-control-allow-methods": "GET, POST, OPTIONS",
        "access-control-expose-headers": EXPOSED,
        "access-control-max-age": "86400",
    }


def test_options_that_is_no_preflight_is_let_through_too() -> None:
    assert CheckedClient().options(PATH).status_code == 204


def test_preflight_of_a_foreign_origin_allows_nothing() -> None:
    response = CheckedClient().options(PATH, headers=preflight("https://evil.example"))
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://repairs.council.example",
        "https://repairs.council.example:8443",
        "https://repairs.council.example.evil.example",
        "null",
    ],
)
def test_foreign_origin_gets_none_of_the_headers(page: CheckedClient, origin: str) -> None:
    response = page.get(PATH, params={"targetId": "t-1"}, headers={"Origin": origin})
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("method", "url", "headers", "status"),
    [
        ("GET", f"{PATH}?targetId=t-1", {}, 200),
        ("GET", f"{PATH}?targetId=t-none", {}, 404),
        ("GET", f"{PATH}?targetId=t-1&pageSize=0", {}, 400),
        ("GET", f"{PATH}?targetId=t-1", {"Authorization": "Bearer x"}, 401),
        ("GET", f"{PATH}?targetId=t-1", {"Accept": "text/html"}, 406),
        ("GET", f"{PATH}?targetId=t-1", {"Host": "elsewhere.example"}, 400),
        ("GET", "/api/v1/nowhere", {}, 404),
        ("GET", "/api/nowhere", {}, 404),
        ("GET", "/api/v1/activities?targetId=t-1", {}, 200),
        ("DELETE", PATH, {}, 405),
        ("POST", PATH, {}, 415),
    ],
)
def test_headers_stand_on_every_answer(
    page: CheckedClient, method: str, url: str, headers: dict[str, str], status: int
) -> None:
    stored(target_id="t-1")
    response = page.request(method, url, headers=headers)
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-expose-headers"] == EXPOSED
    assert "origin" in response.headers["vary"].lower()


def test_headers_stand_on_a_refusal_for_want_of_scope(page: CheckedClient) -> None:
    page.headers["Authorization"] = f"Bearer {token(WRITE)}"
    response = page.get(PATH, params={"targetId": "t-1"})
    assert response.status_code == 403
    assert response.headers["access-control-allow-origin"] == ORIGIN


def test_headers_stand_on_a_failure(page: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "page", lambda *_, **__: 1 / 0)
    response = page.get(PATH, params={"targetId": "t-1"})
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == ORIGIN


def test_pages_outside_the_api_are_for_no_other_origin(page: CheckedClient) -> None:
    response = page.get("/")
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


def test_without_the_setting_no_origin_is_let_in(page: CheckedClient, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    response = page.get(PATH, params={"targetId": "t-1"})
    assert "access-control-allow-origin" not in response.headers
