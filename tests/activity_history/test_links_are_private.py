"""Whatever answers below a resident's link keeps its address to itself, and sets no cookie."""

import pytest
from django.test import Client

from activities.models import ApiClient
from activity_history import links
from activity_history.models import ViewerLink
from tests.activity_history.resident_links import made_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return f"/my-history/{links.token_of(made_link())}"


@pytest.mark.parametrize(
    ("method", "behind", "status"),
    [
        ("get", "", 200),
        ("get", "/x", 404),
        ("get", "//", 404),
        ("post", "", 405),
        ("put", "", 405),
        ("delete", "", 405),
        ("options", "", 405),
    ],
)
def test_every_answer_keeps_the_address_to_itself(path: str, method: str, behind: str, status: int) -> None:
    client = Client()
    client.cookies.load({"sessionid": "abc", "csrftoken": "abc", "messages": "x"})
    answer = getattr(client, method)(path + behind)
    assert answer.status_code == status
    kept = {name: answer.headers.get(name) for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")}
    assert kept == {
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert not answer.cookies
    assert path.rpartition("/")[2] not in answer.content.decode()


def test_a_link_ends_with_its_client(path: str) -> None:
    assert Client().get(path).status_code == 200
    link = ViewerLink.objects.get()
    ApiClient.objects.filter(pk=link.client_id).update(revoked_at=link.created_at)
    assert Client().get(path).status_code == 410
