"""A limit holds across two processes of two workers each."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest
from django.conf import settings

from activities.access import SEARCH
from activities.models import ApiClient
from tests.api_client import token
from tests.live.serving import serving

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT, WORKERS, ASKED = 100, 4, 200
SLICE = LIMIT // 10


def asked_in_one_minute(urls: list[str], bearer: str) -> list[httpx.Response]:
    """The answers, by many connections at once; asked again where the minute changed meanwhile."""
    headers = {"Authorization": f"Bearer {bearer}"}
    with httpx.Client(headers=headers, timeout=20) as client, ThreadPoolExecutor(8) as threads:
        while True:
            minute = time.time() // 60
            answers = list(threads.map(lambda n: client.get(f"{urls[n % len(urls)]}/api/v1/activities"), range(ASKED)))
            if time.time() // 60 == minute:
                return answers


def test_two_processes_of_two_workers_behave_as_one() -> None:
    ApiClient.objects.create(name="limited", requests_per_minute=LIMIT)
    bearer = token(SEARCH, client="limited")
    with ExitStack() as servers:
        urls = [servers.enter_context(serving(workers=2, SECRET_KEY=settings.SECRET_KEY)).url for _ in range(2)]
        answers = asked_in_one_minute(urls, bearer)
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert LIMIT <= statuses.count(200) <= LIMIT + WORKERS * SLICE
    assert all(answer.headers["ratelimit-policy"] == f'"requests";q={LIMIT};w=60' for answer in answers)
