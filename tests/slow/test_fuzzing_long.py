import pytest

from activities.access import READ, SEARCH, SHARE, WRITE
from tests.api_client import token
from tests.live.fuzzing import fuzz
from tests.live.serving import serving

REQUESTS = 20_000


@pytest.mark.django_db(transaction=True)
def test_no_request_of_thousands_meets_a_failure_or_an_undocumented_answer() -> None:
    with serving(workers=1) as server:
        codes = fuzz(server.url, token(WRITE, READ, SEARCH, SHARE), REQUESTS)
    assert codes.total() > REQUESTS / 2
    assert {200, 400, 404} <= set(codes)
