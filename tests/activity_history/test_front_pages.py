import re

import pytest

from activities.api.problem_types import PROBLEM_TYPES
from tests.api_client import CheckedClient


def page(path: str) -> str:
    response = CheckedClient().get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.text


def test_home_leads_to_what_there_is() -> None:
    text = page("/")
    addresses = ["/data-dictionary", "/api/docs", "/api/docs/problems", "/admin/", "/api/schema"]
    assert [address for address in addresses if f'href="{address}"' not in text] == []
    assert "<title>Activity History</title>" in text


def test_links_of_the_home_page_answer(db: None) -> None:
    for address in ("/api/docs", "/api/docs/problems", "/admin/login/", "/api/schema"):
        assert CheckedClient().get(address).status_code == 200


def test_problem_page_says_what_it_means_and_what_to_do() -> None:
    text = page("/api/docs/problems/too-broad")
    assert f"<title>{PROBLEM_TYPES['too-broad'].title} – Activity History</title>" in text
    for part in ("What it means", "What to do", "Status 503", "<code>too-broad</code>", "<code>occurredFrom</code>"):
        assert part in text


def test_what_pages_load_is_served_from_here() -> None:
    loaded = re.findall(r'<link rel="\w+" (?:type="[^"]+" )?href="([^"]+)"', page("/"))
    assert len(loaded) == 5
    assert [path for path in loaded if CheckedClient().get(path).status_code != 200] == []


@pytest.mark.parametrize("path", ["/", "/api/docs/problems", "/api/docs/problems/not-found"])
def test_pages_set_no_cookie_and_load_from_no_other_host(path: str) -> None:
    response = CheckedClient().get(path)
    assert "set-cookie" not in response.headers
    assert 'src="http' not in response.text
    assert 'rel="stylesheet" href="/static/' in response.text


def test_no_two_problems_have_one_title() -> None:
    titles = [kind.title for kind in PROBLEM_TYPES.values()]
    assert sorted(set(titles)) == sorted(titles)
