from datetime import UTC, datetime, timedelta

import pytest

from activities import retention
from activities.durations import Duration, read_duration
from activities.retention import AlreadyExpired, TimeToLiveTooLong, expires_at

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def test_what_the_sender_asks_is_counted_from_the_moment_of_the_activity() -> None:
    happened = datetime(2025, 8, 31, 9, 30, 0, 5, tzinfo=UTC)
    assert expires_at(happened, read_duration("P18M"), now=NOW) == datetime(2027, 2, 28, 9, 30, 0, 5, tzinfo=UTC)
    assert expires_at(happened, read_duration("365 days"), now=NOW) == happened + timedelta(days=365)


def test_unless_asked_a_record_is_kept_for_seven_years() -> None:
    assert expires_at(datetime(2024, 2, 29, tzinfo=UTC), None, now=NOW) == datetime(2031, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize("asked", ["1 day", "P12W", "P6M", "P1Y", None])
def test_a_record_has_ended_at_its_very_end_and_not_a_microsecond_before(asked: str | None) -> None:
    duration = read_duration(asked) if asked else None
    happened = datetime(2019, 5, 31, 12, tzinfo=UTC)
    end = (duration or Duration(7, "Y")).after(happened)
    assert expires_at(happened, duration, now=end - MICROSECOND) == end
    for now in (end, end + MICROSECOND):
        with pytest.raises(AlreadyExpired) as error:
            expires_at(happened, duration, now=now)
        assert str(error.value) == (
            f"The record would already have ended at {end:%Y-%m-%dT%H:%M:%SZ}: "
            "send a later datetime or a longer timeToLive, or leave the record out."
        )


@pytest.mark.parametrize("longest", ["36525 days", "P5217W", "P1200M", "P100Y"])
@pytest.mark.parametrize("year", [1927, 1999, 2000, 2001, 2026])
def test_every_time_to_live_that_can_be_written_is_allowed(longest: str, year: int) -> None:
    happened = datetime(year, 3, 1, tzinfo=UTC)
    duration = read_duration(longest)
    assert expires_at(happened, duration, now=happened) == duration.after(happened)


def test_longer_than_the_policy_allows_is_refused_by_a_microsecond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LONGEST", Duration(2, "Y"))
    assert expires_at(NOW, read_duration("P24M"), now=NOW) == datetime(2028, 3, 15, 12, tzinfo=UTC)
    with pytest.raises(TimeToLiveTooLong) as error:
        expires_at(NOW, read_duration("732 days"), now=NOW)
    assert str(error.value) == "The longest time to live that the retention policy allows is P2Y."


def test_the_policys_own_time_is_never_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LONGEST", Duration(1, "Y"))
    assert expires_at(NOW, None, now=NOW) == datetime(2033, 3, 15, 12, tzinfo=UTC)
