from calendar import isleap
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.durations import Duration, DurationTooLong, DurationUnreadable, read_duration

moments = st.datetimes(datetime(1900, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("365 days", "P365D"),
        ("1 day", "P1D"),
        ("1 days", "P1D"),
        ("2 day", "P2D"),
        ("P365D", "P365D"),
        ("P12W", "P84D"),
        ("P18M", "P18M"),
        ("P7Y", "P7Y"),
        ("36525 days", "P36525D"),
        ("P36525D", "P36525D"),
        ("P5217W", "P36519D"),
        ("P1200M", "P1200M"),
        ("P100Y", "P100Y"),
    ],
)
def test_weeks_and_words_are_kept_as_days_the_rest_as_sent(text: str, kept: str) -> None:
    assert str(read_duration(text)) == kept


@pytest.mark.parametrize(
    "text",
    [
        *["", "0 days", "-1 days", "+1 days", "1.5 days", "1  day", " 1 day", "1 day ", "1 day\n", "1 Day", "1 week"],
        *["P0D", "P-1D", "P1Y6M", "P1Y0M", "P1.5Y", "P1,5Y", "PT24H", "P1H", "P", "PD", "P1", "p1d", "P1d", "P01D"],
        *["365", "one day", "１ day", "P١D", "1000000 days", "P1000000D"],
    ],
)
def test_anything_but_one_number_and_one_unit_is_unreadable(text: str) -> None:
    with pytest.raises(DurationUnreadable) as error:
        read_duration(text)
    assert str(error.value) == (
        'Write the time to live as "365 days", P365D, P12W, P18M or P7Y: one number and one unit.'
    )


@pytest.mark.parametrize(
    "text", ["36526 days", "P36526D", "P5218W", "P1201M", "P101Y", "P1000Y", "999999 days", "P999999Y"]
)
def test_more_than_a_hundred_years_is_too_long(text: str) -> None:
    with pytest.raises(DurationTooLong) as error:
        read_duration(text)
    assert str(error.value) == "A time to live is at most 36525 days, 5217 weeks, 1200 months or 100 years."


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2027-08-31", "P6M", "2028-02-29"),
        ("2028-02-29", "P1Y", "2029-02-28"),
        ("2028-02-29", "P4Y", "2032-02-29"),
        ("2028-02-29", "P12M", "2029-02-28"),
        ("2096-02-29", "P4Y", "2100-02-28"),
        ("2026-12-31", "P1M", "2027-01-31"),
        ("2026-11-30", "P3M", "2027-02-28"),
        ("2026-01-31", "P18M", "2027-07-31"),
        ("2026-12-01", "P12M", "2027-12-01"),
        ("2026-01-31", "P31D", "2026-03-03"),
        ("2026-03-28", "P1D", "2026-03-29"),
        ("1999-12-31", "P100Y", "2099-12-31"),
    ],
)
def test_months_and_years_go_by_the_calendar_with_the_day_clamped(start: str, text: str, end: str) -> None:
    time = "T23:59:59.999999+00:00"
    assert read_duration(text).after(datetime.fromisoformat(start + time)) == datetime.fromisoformat(end + time)


@settings(derandomize=True, max_examples=200)
@given(start=moments, months=st.integers(1, 1200))
def test_months_land_in_their_month_at_the_same_time_of_day(start: datetime, months: int) -> None:
    end = Duration(months, "M").after(start)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.timetz() == start.timetz()
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@settings(derandomize=True, max_examples=200)
@given(start=moments, years=st.integers(1, 100))
def test_a_year_is_twelve_months(start: datetime, years: int) -> None:
    end = Duration(years, "Y").after(start)
    assert end == Duration(12 * years, "M").after(start)
    assert (end.month, end.day) == (start.month, start.day) or (
        (start.month, start.day) == (2, 29) and not isleap(end.year)
    )


@settings(derandomize=True, max_examples=200)
@given(start=moments, days=st.integers(1, 36_525))
def test_days_are_days_of_24_hours(start: datetime, days: int) -> None:
    assert Duration(days, "D").after(start) - start == timedelta(days=days)
