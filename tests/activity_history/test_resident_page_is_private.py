"""The page of a viewer link: who gets it, how it is kept from others, and what it asks of the database."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from activities.history import MAX_TARGETS
from activity_history.models import ViewerLink
from tests.activity_history.resident_links import TENURE, made_link, path_of, seen, sentences, transaction, visit
from tests.stored import new_activity, store

HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
}


@pytest.fixture
def link(db: None) -> ViewerLink:
    return made_link()


def test_page_names_its_reader_to_nobody(link: ViewerLink) -> None:
    transaction("BasicRentNoVAT")
    response = seen(link)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "set-cookie" not in response.headers
    assert "cookie" not in response.headers.get("vary", "").lower()
    assert path_of(link).rpartition("/")[2] not in response.text
    assert TENURE not in response.text
    assert re.findall("<(?:script|form|iframe|style)", response.text) == []
    assert set(re.findall(r'(?:href|src)="([^"?#][^"]*)"', response.text)) == {
        "/static/activity_history/icon.svg",
        "/static/activity_history/vendor/govuk-frontend-6.6.0.css",
        "/static/activity_history/vendor/moj-timeline-11.1.0.css",
        "/static/activity_history/pages.css",
        "/static/activity_history/residents.css",
        "/theme.css",
    }


def test_staff_who_are_signed_in_leave_no_trace_on_it(link: ViewerLink) -> None:
    client = Client()
    client.force_login(User.objects.create_user("officer", is_staff=True))
    response = client.get(path_of(link))
    assert (response.status_code, response.cookies, response.headers.get("Vary")) == (200, {}, None)
    assert b"officer" not in response.content


def test_link_that_is_of_no_use_says_what_to_do_and_nothing_else(link: ViewerLink) -> None:
    transaction("BasicRentNoVAT")
    revoked, ended = made_link(), made_link(now=datetime.now(UTC) - timedelta(minutes=61))
    ViewerLink.objects.revoke([revoked.pk], by="officer", now=datetime.now(UTC))
    token = path_of(link)
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    paths = [
        path_of(revoked),
        path_of(ended),
        altered,
        path_of(ViewerLink(id=UUID(int=7))),
    ]
    paths += ["/my-history/x", "/my-history/%00", "/my-history/é", f"{altered}?show=nothing&after=nothing"]
    answers = [visit(path) for path in paths]
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.text for answer in answers}) == 1
    assert "Go back to the council’s website" in answers[0].text
    assert sentences(answers[0].text) == []
    for answer in answers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "set-cookie" not in answer.headers


def test_page_answers_with_a_slash_and_to_no_other_method(link: ViewerLink) -> None:
    assert visit(f"{path_of(link)}/").status_code == 200
    assert [visit(path_of(link), method).status_code for method in ("HEAD", "OPTIONS", "POST")] == [200, 405, 405]


def test_embedded_page_has_neither_header_nor_footer_and_stays_embedded(link: ViewerLink, settings: Settings) -> None:
    settings.EMBED_ALLOWED_ORIGINS = ["https://portal.example", "https://www.council.example:8443"]
    store([new_activity(target_id=TENURE, target_type="account", type="create") for _ in range(26)])
    page = seen(link, "?embed=1")
    assert (
        "frame-ancestors https://portal.example https://www.council.example:8443"
        in page.headers["content-security-policy"]
    )
    assert "x-frame-options" not in page.headers
    assert re.findall("<(?:header|footer)", page.text) == []
    links_within = re.findall(r'href="(\?[^"]*)"', page.text)
    assert len(links_within) == 10
    assert [each for each in links_within if not each.endswith("embed=1")] == []
    for query in ("", "?embed=0", "?embed=1%20", "?Embed=1"):
        assert {name: value for name, value in seen(link, query).headers.items() if name in HEADERS} == HEADERS
    assert seen(link, "?embed=1&show=no").status_code == 404
    gone = visit("/my-history/x?embed=1")
    assert (gone.status_code, re.findall("<(?:header|footer)", gone.text)) == (410, [])


def test_nobody_may_embed_it_unless_told(link: ViewerLink) -> None:
    headers = seen(link, "?embed=1").headers
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_failure_is_told_in_words_and_without_a_cookie(link: ViewerLink, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(path_of(link))

    monkeypatch.setattr("activity_history.residents.read_page", fail)
    page = seen(link)
    assert page.status_code == 500
    assert "Try again in a few minutes" in page.text
    assert {name: page.headers[name] for name in HEADERS} == HEADERS


def test_page_takes_four_statements_beside_its_links_row(link: ViewerLink) -> None:
    for number in range(3):
        transaction("DirectDebit", days_ago=number, paidAmount=1, balanceAmount=1)
    many = made_link(*(f"t-{number}" for number in range(MAX_TARGETS - 1)), TENURE)
    for each, query, names in [
        (link, "", ["viewer_link", "activities_narrowed", "record_reads", "amounts_of_transactions"]),
        (many, "", ["viewer_link", "activities_narrowed", "record_reads", "amounts_of_transactions"]),
        (link, "?show=payments", ["viewer_link", "activities_narrowed", "record_reads"]),
        (made_link("nothing"), "", ["viewer_link", "activities_narrowed", "record_reads", "amounts_of_transactions"]),
    ]:
        with CaptureQueriesContext(connection) as queries:
            timing = seen(each, query).headers["server-timing"]
        assert re.findall('desc="(.*?)"', timing) == names
        # The second sets the limit of time; named statements are not seen here, but in the header.
        of_orm = [sql["sql"].split()[0] for sql in queries.captured_queries]
        assert of_orm == ["SELECT", "SAVEPOINT", "SELECT", of_orm[3], "RELEASE"]
