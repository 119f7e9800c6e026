"""Show more: a link that goes on where the page ended, and shows what came before it, too."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from activity_history import timeline
from tests.activity_history.staff import Seen, see, staff
from tests.stored import let_expire, new_activity, store, stored

PAGE = "/history/t-1"
FIRST = datetime(2026, 6, 4, 9, tzinfo=UTC)
MORE = "Show more"


@pytest.fixture
def officer(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timeline, "PAGE", 3)
    monkeypatch.setattr(timeline, "KEPT", 6)
    return staff("view_activity")


def written(count: int, *, apart: timedelta = timedelta(0)) -> list[str]:
    """Their sentences, newest first; without `apart` all of one moment, ordered by id."""
    store(
        new_activity(
            target_id="t-1", id=UUID(int=n + 1), type=f"step{n}", occurred_at=FIRST + n * apart, source_domain=None
        )
        for n in range(count)
    )
    return [f"Step {n} happened to person" for n in reversed(range(count))]


def walk(officer: Client, page: Seen) -> list[str]:
    """What each page shows anew."""
    found = [*page.sentences]
    while MORE in page.text:
        page = see(officer, page.link(MORE))
        at = page.new_at
        assert page.sentences[:at] == found[-at:]
        found += page.sentences[at:]
    return found


@pytest.mark.parametrize("apart", [timedelta(0), timedelta(hours=5)])
@pytest.mark.parametrize("count", [1, 3, 4, 6, 11, 20])
def test_walk_shows_every_row_once(officer: Client, count: int, apart: timedelta) -> None:
    expected = written(count, apart=apart)
    assert walk(officer, see(officer, PAGE)) == expected


def test_what_was_shown_stays_and_the_link_leads_to_the_first_new_row(officer: Client) -> None:
    expected = written(8, apart=timedelta(hours=5))
    first = see(officer, PAGE)
    assert first.sentences == expected[:3]
    assert first.link(MORE).endswith("#more")
    second = see(officer, first.link(MORE))
    assert (second.sentences, second.new_at) == (expected[:6], 3)
    third = see(officer, second.link(MORE))
    assert (third.sentences, third.new_at) == (expected, 6)
    assert "No older entries." in third.text


def test_of_a_long_history_the_newest_rows_make_way(officer: Client) -> None:
    expected = written(14)
    page = see(officer, PAGE)
    for _ in range(3):
        page = see(officer, page.link(MORE))
    assert page.sentences == expected[3:12]
    assert "Newer activities are not shown here." in page.text
    assert see(officer, page.link("Start with the newest")).sentences == expected[:3]


def test_rows_written_or_gone_meanwhile_move_nothing(officer: Client) -> None:
    expected = written(7, apart=timedelta(hours=5))
    link = see(officer, PAGE).link(MORE)
    newer = stored(target_id="t-1", type="later", occurred_at=FIRST + timedelta(days=9))
    page = see(officer, link)
    assert (page.sentences[1:], page.new_at) == (expected[:6], 4)
    let_expire(newer, UUID(int=5))
    page = see(officer, link)
    assert page.sentences == expected[:2] + expected[3:6]
    let_expire(*(UUID(int=n) for n in (7, 6, 4, 3, 2, 1)))
    page = see(officer, link)
    assert (page.status, page.sentences) == (200, [])


def test_filters_stay(officer: Client) -> None:
    written(5)
    store(new_activity(target_id="t-1", type="end", occurred_at=FIRST) for _ in range(5))
    page = see(officer, PAGE, type="end")
    assert walk(officer, page) == ["Person was ended"] * 5
    assert "type=end&after=" in page.link(MORE)


@pytest.mark.parametrize("change", ["other target", "other filter", "altered", "of the API"])
def test_place_that_is_not_of_this_page(officer: Client, change: str) -> None:
    written(5)
    link = see(officer, PAGE).link(MORE).partition("#")[0]
    address = {
        "other target": link.replace("t-1", "t-2"),
        "other filter": f"{link}&type=end",
        "altered": link[:-1] + ("A" if link[-1] != "A" else "B"),
        "of the API": f"{PAGE}?after=nonsense",
    }[change]
    page = see(officer, address)
    assert (page.status, page.sentences) == (400, [])
    assert "The place to go on from is not known: apply the filters again, which starts with the newest" in page.text
