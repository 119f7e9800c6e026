"""Whose pages they are, and what they may load."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.api_client import CheckedClient

STATIC = Path(__file__).parents[2] / "activity_history/static/activity_history"
POLICY = {
    "default-src": "'self'",
    "img-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(path: str, **headers: str) -> dict[str, str]:
    given = Client().get(path, headers=headers).headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in given.split(";"))


@pytest.mark.parametrize("path", ["/", "/sign-in", "/admin/login/", "/nowhere", "/theme.css"])
def test_pages_load_only_what_is_served_from_here(db: None, path: str) -> None:
    assert policy(path, Accept="text/html") == POLICY
    assert policy(path, Host="elsewhere.example") == POLICY


def test_the_api_explorer_may_style_itself() -> None:
    changed = {"style-src": "'self' 'unsafe-inline'", "img-src": "'self' data:"}
    assert policy("/api/docs") == POLICY | changed


@pytest.mark.parametrize("path", ["/api/v1/activities", "/api/v1/nowhere"])
def test_the_api_has_no_policy_for_pages(path: str) -> None:
    assert "content-security-policy" not in CheckedClient().get(path).headers


def test_nothing_in_a_template_would_be_stopped_by_the_policy() -> None:
    forbidden = re.compile(r"<style|<script|\sstyle=|\son\w+=|javascript:")
    templates = Path(__file__).parents[2] / "templates"
    assert [path.name for path in templates.rglob("*.html") if forbidden.search(path.read_text())] == []


def test_name_logo_and_colour_are_the_councils(db: None, settings: Settings) -> None:
    assert "Your council" in Client().get("/").content.decode()
    assert "those who run this service at the council." in Client().get("/sign-in").content.decode()
    settings.COUNCIL_NAME = "Elm & Ash Council"
    settings.COUNCIL_LOGO = "/static/activity_history/icon.svg"
    settings.COUNCIL_COLOUR = "#5a1846"
    for path in ("/", "/nowhere"):
        page = Client().get(path, headers={"Accept": "text/html"}).content.decode()
        assert "Elm &amp; Ash Council" in page
        assert '<img class="app-header__logo" src="/static/activity_history/icon.svg" alt="">' in page
    assert "those who run this service at Elm &amp; Ash Council." in Client().get("/sign-in").content.decode()
    style = Client().get("/theme.css")
    assert style.content.decode() == ":root { --govuk-brand-colour: #5a1846; }\n"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert style.headers["cache-control"] == "public, max-age=300"


def test_vendored_styles_hold_nothing_that_is_only_for_gov_uk() -> None:
    files = sorted((STATIC / "vendor").glob("*.css"))
    assert [file.name for file in files] == ["govuk-frontend-6.6.0.css", "moj-timeline-11.1.0.css"]
    only_there = ("GDS Transport", "@font-face", "govuk-crest", "__crown", "copyright-logo", "url(", "sourceMappingURL")
    assert [(file.name, word) for file in files for word in only_there if word in file.read_text()] == []
    assert "MIT License" in (STATIC / "vendor/LICENCES.txt").read_text()
