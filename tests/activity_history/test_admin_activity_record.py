"""A record in the admin: how it got here, and what it leads on to."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from activities.models import Activity
from tests.activity_history.admin_pages import address, facts, page_of, said, signed_in_with
from tests.stored import stored

pytestmark = pytest.mark.django_db

LIST = "/admin/activities/activity/"


@pytest.fixture
def analyst() -> Client:
    return signed_in_with("view_activity")


def test_a_record_tells_its_way_here_and_leads_on(analyst: Client) -> None:
    moment = datetime.now(UTC) - timedelta(days=1)
    id = stored(target_id="t/1", correlation_id="r-1", occurred_at=moment, source_domain=None)
    activity = Activity.objects.get()
    page = page_of(analyst, address(Activity, "change", id))
    told = dict(facts(page))
    for label, value in {
        "Kind": "person update",
        "Source domain": "none",
        "Occurred": f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC",
        "Sent by the client": "tests",
        "Recorded": f"{activity.recorded_at:%Y-%m-%d %H:%M:%S.%f} UTC",
        "Stored by transaction": str(activity.stored_by),
        "State": "stored",
    }.items():
        assert told[label] == value
    around = f"dateFrom={moment - timedelta(days=15):%Y-%m-%d}&amp;dateTo={moment + timedelta(days=15):%Y-%m-%d}"
    for link in (
        f"{LIST}?target=t%2F1",
        "/history/t/1",
        f"{LIST}?author={activity.author_id}&amp;{around}",
        f"{LIST}?together={id}",
    ):
        assert f'href="{link}"' in page
        assert analyst.get(link.replace("&amp;", "&")).status_code == 200
    cells = re.findall("<td [^>]*>([^<]*)</td>", page)
    assert cells[:3] == ["&quot;Okafor&quot;", "&quot;Okafor-Bell&quot;", "changed"]


@pytest.mark.parametrize("id", ["x", "0", str(UUID(int=1)), "00000000000000000000000000000001x"])
def test_a_record_that_is_not_here_leads_to_the_list(analyst: Client, id: str) -> None:
    answer = analyst.get(f"{LIST}{id}/change/", follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert said(answer) == ["There is no such activity, or no longer, or this account may not see it."]
