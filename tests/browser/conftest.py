"""A real browser on the service as it is served. The browser is the system's own; nothing is downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from activities import holds
from activity_history.models import RequestRecord
from tests.activity_history.staff import staff
from tests.connections import execute
from tests.live.serving import Server
from tests.processes import eventually
from tests.stored import let_expire, new_activity, store, stored

RECORD = "t/1=="
SHORT = "t-2"
HELD = "t-3"
ENTRY = UUID(int=1001)
REQUEST = "r-42"
COMPLAINT = "9f0c1b52-6d0e-4a53-8c07-1f3e2f0b7a11"
PASSWORD = "a good password"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_REQUIRED = ("CI", "REQUIRE_BROWSER")


Site = tuple[str, dict[str, str]]


@pytest.fixture(scope="session")
def executable() -> str:
    if found := next(filter(None, map(shutil.which, _NAMES)), None):
        return found
    missing = "The tests of pages need a browser: install Chromium, for example with `sudo apt install chromium`."
    if any(os.environ.get(name) for name in _REQUIRED):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="package")
def site(executable: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The address of a served instance with a history, and a session for each of its users.

    Its rows are committed, before the transaction that each test's mark `django_db` begins and that stays empty.
    """
    with django_db_blocker.unblock():
        server = Server(workers=1)
        try:
            sessions = {name: _session(name, *rights) for name, rights in _USERS.items()}
            User.objects.filter(username__in=_IN_THE_ADMIN).update(is_staff=True)
            _make_history()
            _make_held_history()
            _make_complaint()
            server.start()
            yield server.url, sessions
        finally:
            # A worker that is only asked to end waits for the connections that a browser keeps open.
            server.kill()
            call_command("flush", verbosity=0, interactive=False)
            # The server notices a little later that the worker has gone, and nobody may drop its database till then.
            assert eventually(lambda: execute(connection, _OTHERS) == [(0,)])


_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(scope="package")
def browser(executable: str, site: Site) -> Iterator[Browser]:
    """Not longer than for these tests: while Playwright runs, its loop has Django take another connection."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright runs a loop in this thread, in which Django would refuse the database; nothing here is
        # asynchronous.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()
        connection.close()


_VIEWS = [
    "activity",
    "author",
    "legalhold",
    "purgereceipt",
    "erasure",
    "apiclient",
    "viewerlink",
    "requestrecord",
    "readrecord",
]
_ANALYST = [f"view_{model}" for model in _VIEWS]
_USERS = {
    "officer": ["view_activity"],
    "auditor": ["view_activity", "view_held"],
    "newcomer": [],
    "analyst": _ANALYST,
    "administrator": [*_ANALYST, "add_apiclient", "change_apiclient", "place_legal_hold", "ask_for_erasure"],
}
_IN_THE_ADMIN = ["analyst", "administrator"]


def _session(name: str, *permissions: str) -> str:
    return staff(*permissions, name=name, password=PASSWORD).cookies[settings.SESSION_COOKIE_NAME].value


def _make_history() -> None:
    """Of 120 activities in eleven days, and of three, one with a long word. The newest has the highest id."""
    start = datetime(2026, 3, 25, 9, 32, tzinfo=UTC)
    store(
        new_activity(
            target_id=RECORD,
            id=UUID(int=n),
            type="update" if n % 3 else "end",
            occurred_at=start + timedelta(hours=2 * n),
        )
        for n in range(1, 121)
    )
    long = b'{"surname": "%s"}' % (b"Wolfeschlegelsteinhausenbergerdorff" * 9)
    for n, data in enumerate((long, None, b"{}"), 1001):
        store(
            [
                new_activity(
                    target_id=SHORT,
                    id=UUID(int=n),
                    occurred_at=start + timedelta(hours=9 * n),
                    new_data=data,
                    correlation_id=REQUEST,
                )
            ]
        )


def _make_held_history() -> None:
    """Of an expired activity that a hold keeps, and of a sensitive one."""
    kept = stored(target_id=HELD, source_domain="Tenure")
    let_expire(kept)
    holds.place(target_id=HELD, source_domain="Tenure", reason="Audit", by="officer", now=datetime.now(UTC))
    stored(target_id=HELD, target_type="personEqualityInformation", new_data=b'{"ethnicity": "Prefer not to say"}')


def _make_complaint() -> None:
    """A write that took long and was seen by an analyst, who may open the admin."""
    User.objects.filter(username="analyst").update(is_staff=True)
    stored(target_id="t-4", correlation_id=COMPLAINT)
    RequestRecord.objects.create(
        at=datetime.now(UTC),
        correlation_id=COMPLAINT,
        method="POST",
        route="/api/v1/activities",
        parameters=[],
        status=201,
        ms=812.4,
        statements=[{"name": "record_activities", "ms": 790.1, "rows": 1}],
    )


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Open]:
    """Opens an address, as the user of that name if one is given; what the browser complains of fails the test."""
    url, sessions = site
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(address: str, *, user: str | None = None, width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=url, locale="en-GB", viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        contexts.append(context)
        if user:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": sessions[user], "url": url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [text for text in complaints if "the server responded with a status of" not in text] == []
