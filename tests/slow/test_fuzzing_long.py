from random import Random

import httpx
import pytest

from activities.access import READ, SEARCH, SHARE, WRITE
from tests.api_client import token
from tests.live.fuzzing import fuzz, fuzz_further
from tests.live.serving import serving

# Making a request from the document takes ten times as long as answering it; most are made from those.
FROM_THE_DOCUMENT, CHANGED = 1_500, 19_500


@pytest.mark.django_db(transaction=True)
def test_no_request_of_thousands_meets_a_failure_or_an_undocumented_answer() -> None:
    sent: list[httpx.Request] = []
    with serving(workers=1) as server:
        codes = fuzz(server.url, token(WRITE, READ, SEARCH, SHARE), FROM_THE_DOCUMENT, sent)
        codes += fuzz_further(sent, CHANGED, Random(42))
    assert codes.total() >= 20_000
    assert {200, 201, 400, 401, 404, 406, 415} <= set(codes)
