"""POST viewer-links: what is asked for, who may, and what is refused."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from activities.access import READ, SHARE, WRITE
from activities.history import MAX_TARGETS
from activity_history.models import ViewerLink
from tests.api_client import CheckedClient, token
from tests.refusals import problem, said

PATH = "/api/v1/viewer-links"
UNKNOWN = "There is no such member: leave it out, or correct its name. The members are targetIds, minutes."
TARGETS = "Send an array of 1 to 20 target ids."
MINUTES = "Send a whole number from 1 to 60."
TWICE = "This target stands in the array before: leave one of the two out."
OUTSIDE = "The token may not read this target: leave it out, or ask for a token that names it."


@pytest.fixture
def portal(db: None) -> CheckedClient:
    return CheckedClient(token(SHARE, client="portal"))


def ask(api: CheckedClient, body: Any) -> httpx.Response:
    return api.post(PATH, json=body)


def refused(slug: str, detail: str, *errors: tuple[str, str]) -> Any:
    return problem(slug, detail, *errors, instance=PATH, at="pointer")


def invalid(*errors: tuple[str, str]) -> Any:
    rest = f" There are {len(errors)} such faults in all." if len(errors) > 1 else ""
    return refused("invalid-viewer-link", f"{errors[0][0]}: {errors[0][1]}{rest}", *errors)


def test_link_is_made_and_its_row_says_all_that_it_shows(portal: CheckedClient) -> None:
    before = datetime.now(UTC)
    response = ask(portal, {"targetIds": ["t-1", "t-2"], "minutes": 15})
    link = ViewerLink.objects.get()
    assert response.status_code == 201
    assert set(response.json()) == {"url", "expiresAt"}
    assert datetime.fromisoformat(response.json()["expiresAt"]) == link.expires_at
    assert re.fullmatch(rf"{settings.PUBLIC_URL}/my-history/[A-Za-z0-9_-]{{44}}", response.json()["url"])
    assert (link.target_ids, link.source_domains, link.client.name) == (["t-1", "t-2"], None, "portal")
    assert link.expires_at - link.created_at == timedelta(minutes=15)
    assert before <= link.created_at <= datetime.now(UTC)
    assert (link.revoked_at, link.revoked_by) == (None, None)


def test_link_stands_in_no_header_and_is_not_stored_by_caches(portal: CheckedClient) -> None:
    response = ask(portal, {"targetIds": ["t-1"], "minutes": 1})
    secret = response.json()["url"].rpartition("/")[2]
    assert [name for name, value in response.headers.items() if secret in value] == []
    assert response.headers["cache-control"] == "private, no-store"


def test_link_is_as_short_for_twenty_long_targets_as_for_one(portal: CheckedClient) -> None:
    long = [f"{number:02}" + "ü" * 253 for number in range(MAX_TARGETS)]
    urls = [ask(portal, {"targetIds": ids, "minutes": 60}).json()["url"] for ids in (["t-1"], long)]
    assert len(urls[0]) == len(urls[1]) < 100
    assert ViewerLink.objects.first() == ViewerLink.objects.get(target_ids=long)


def test_link_shows_only_the_source_domains_that_the_token_may_read(db: None) -> None:
    ask(CheckedClient(token(SHARE, source_domains=["Tenure", "Finance"])), {"targetIds": ["t-1"], "minutes": 5})
    ask(CheckedClient(token(SHARE, source_domains=[])), {"targetIds": ["t-1"], "minutes": 5})
    assert list(ViewerLink.objects.order_by("id").values_list("source_domains", flat=True)) == [
        ["Finance", "Tenure"],
        [],
    ]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("#/targetIds", "This member is required: add it."), ("#/minutes", "This member is required: add it.")]),
        ([{"targetIds": ["t-1"], "minutes": 5}], [("#", "Send an object.")]),
        ([], [("#", "Send an object.")]),
        ("t-1", [("#", "Send an object.")]),
        ({"targetIds": [], "minutes": 5}, [("#/targetIds", TARGETS)]),
        ({"targetIds": [f"t-{n}" for n in range(21)], "minutes": 5}, [("#/targetIds", TARGETS)]),
        ({"targetIds": "t-1", "minutes": 5}, [("#/targetIds", TARGETS)]),
        ({"targetIds": {"0": "t-1"}, "minutes": 5}, [("#/targetIds", TARGETS)]),
        ({"targetIds": None, "minutes": None}, [("#/targetIds", TARGETS), ("#/minutes", MINUTES)]),
        ({"targetIds": ["t-1", 2, None], "minutes": 5}, [(f"#/targetIds/{n}", "Send a string.") for n in (1, 2)]),
        (
            {"targetIds": ["", "t" * 256, "t\n"], "minutes": 5},
            [
                ("#/targetIds/0", "Send at least 1 character, or leave it out where it is optional."),
                ("#/targetIds/1", "Send at most 255 characters."),
                ("#/targetIds/2", "A target id has no control characters."),
            ],
        ),
        ({"targetIds": ["t-1", "t-2", "t-1", "t-1"], "minutes": 5}, [(f"#/targetIds/{n}", TWICE) for n in (2, 3)]),
        *[
            ({"targetIds": ["t-1"], "minutes": minutes}, [("#/minutes", MINUTES)])
            for minutes in (0, 61, -1, 5.0, "5", True, [5], 10**30)
        ],
        (
            {"targetIds": ["t-1"], "minutes": 5, "audience": "staff", "targetId": "t-2"},
            [("#/audience", UNKNOWN), ("#/targetId", UNKNOWN)],
        ),
    ],
)
def test_body_that_breaks_the_contract_is_refused_with_every_cure(
    portal: CheckedClient, body: Any, errors: Any
) -> None:
    response = ask(portal, body)
    assert said(response) == invalid(*errors)
    assert not ViewerLink.objects.exists()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (rb'{"targetIds": ["a\u0000"], "minutes": 5}', ("#/targetIds/0", "A target id has no control characters.")),
        (
            rb'{"targetIds": ["\ud800"], "minutes": 5}',
            (
                "#/targetIds/0",
                "A lone surrogate (\\ud800 to \\udfff) is no character: send the whole pair, or leave it out.",
            ),
        ),
        (
            b'{"targetIds": ["t-1"], "minutes": NaN}',
            ("#/minutes", "NaN is not JSON: send null, or the word as a string."),
        ),
        (b"null", ("#", "Send an object.")),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_place(
    portal: CheckedClient, text: bytes, error: tuple[str, str]
) -> None:
    response = portal.post(PATH, content=text, headers={"Content-Type": "application/json"})
    assert said(response) == invalid(error)


def test_long_digits_in_a_target_id_are_text(portal: CheckedClient) -> None:
    assert ask(portal, {"targetIds": ["0" * 255], "minutes": 5}).status_code == 201


@pytest.mark.parametrize(
    ("headers", "content", "slug"),
    [
        ({"Content-Type": "text/plain"}, b"{}", "unsupported-media-type"),
        ({"Content-Type": "application/json", "Transfer-Encoding": "chunked"}, b"{}", "length-required"),
        ({"Content-Type": "application/json"}, b"{", "malformed-json"),
        ({"Content-Type": "application/json"}, b" ", "malformed-json"),
    ],
)
def test_what_is_no_json_is_refused_as_elsewhere(
    portal: CheckedClient, headers: dict[str, str], content: bytes, slug: str
) -> None:
    response = portal.post(PATH, content=content, headers=headers)
    assert said(response)["type"].endswith(f"/{slug}")


def test_targets_outside_the_token_are_named_and_no_link_is_made(db: None) -> None:
    api = CheckedClient(token(SHARE, target_ids=["t-1", "t-3"]))
    response = ask(api, {"targetIds": ["t-2", "t-1", "t-4"], "minutes": 5})
    assert said(response) == refused(
        "no-activities", f"{OUTSIDE} No link was made.", ("#/targetIds/0", OUTSIDE), ("#/targetIds/2", OUTSIDE)
    )
    assert not ViewerLink.objects.exists()
    assert ask(api, {"targetIds": ["t-3", "t-1"], "minutes": 5}).status_code == 201


def test_scope_to_share_is_needed(db: None) -> None:
    response = ask(CheckedClient(token(READ, WRITE)), {"targetIds": ["t-1"], "minutes": 5})
    assert said(response) == refused(
        "missing-scope", "The token lacks the scope history:share: ask for one that has it."
    )


def test_residents_do_not_pass_their_history_on(db: None) -> None:
    response = ask(CheckedClient(token(SHARE, target_ids=["t-1"], audience="resident")), {"targetIds": ["t-1"]})
    assert (response.status_code, said(response)["type"].rpartition("/")[2]) == (403, "not-for-residents")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_links_are_neither_listed_nor_changed(portal: CheckedClient, method: str) -> None:
    response = portal.request(method, PATH)
    assert (response.status_code, said(response)["status"]) == (405, 405)


def test_one_statement_makes_a_link(portal: CheckedClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ask(portal, {"targetIds": ["t-1"], "minutes": 5})
    with django_assert_num_queries(1):
        ask(portal, {"targetIds": ["t-1"], "minutes": 5})
