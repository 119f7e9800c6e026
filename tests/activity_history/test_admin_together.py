"""The list of what one request did: its address names an activity, since a correlation id may hold a person's name."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.holds import place as hold
from tests.activity_history.admin_pages import page_of, said, signed_in_with
from tests.stored import let_expire, stored

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/activity/"
NONE_HERE = "The activity in the address is not here, or bears no correlation id."


@pytest.fixture
def analyst() -> Client:
    return signed_in_with("view_activity")


def of_same_request(client: Client, id: UUID) -> list[str]:
    return [row.target_id for row in client.get(LIST, {"together": str(id)}).context["rows"]]


def test_it_shows_the_others_and_the_id_that_they_share(analyst: Client) -> None:
    id = stored(target_id="t-1", correlation_id="Ana Quartermaine")
    stored(target_id="t-2", correlation_id="Ana Quartermaine")
    stored(target_id="t-3", correlation_id="r-2")
    assert {*of_same_request(analyst, id)} == {"t-1", "t-2"}
    page = page_of(analyst, LIST, together=str(id))
    assert "With the correlation id <strong>Ana Quartermaine</strong>" in page
    assert "Ana+Quartermaine" not in page
    assert "Ana%20Quartermaine" not in page


def test_one_without_a_correlation_id_or_that_is_not_there_says_so(analyst: Client) -> None:
    alone = stored(target_id="t-1", correlation_id=None)
    stored(target_id="t-2", correlation_id=None)
    for id in (alone, UUID(int=7)):
        assert NONE_HERE in page_of(analyst, LIST, together=str(id))
        assert of_same_request(analyst, id) == []


def test_one_that_has_expired_leads_nowhere(analyst: Client) -> None:
    gone = stored(target_id="t-1", correlation_id="r-1")
    stored(target_id="t-2", correlation_id="r-1")
    hold(target_id="t-1", source_domain=None, reason="A complaint", by="tests", now=timezone.now())
    let_expire(gone)
    assert of_same_request(analyst, gone) == []
    assert NONE_HERE in page_of(analyst, LIST, together=str(gone))


def test_an_address_of_before_is_refused_instead_of_showing_everything(analyst: Client) -> None:
    stored(target_id="t-1", occurred_at=timezone.now() - timedelta(days=1))
    for query in ({"correlation": "r-1"}, {"q": "t-1"}):
        answer = analyst.get(LIST, query, follow=True)
        assert answer.redirect_chain == [(LIST, 302)]
        assert said(answer) == [
            "This list takes nothing else from its address than its own search and filters: use those."
        ]
    assert analyst.get(LIST, {"together": "r-1"}).status_code == 400


def test_a_search_asks_for_a_correlation_id_in_no_order(analyst: Client) -> None:
    """In that of ids the server walks all activities when many bear the same one."""
    with CaptureQueriesContext(connection) as queries:
        analyst.post(LIST, {"look_for": "r-1"})
    [asked] = [each["sql"] for each in queries if '"correlation_id" = ' in each["sql"]]
    assert "ORDER BY" not in asked
