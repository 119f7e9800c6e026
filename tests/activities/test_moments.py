from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.moments import MomentImpossible, MomentUnreadable, read_moment, read_moment_or_date

UNREADABLE = "Write it as an RFC 3339 date-time, such as 2026-02-19T15:12:00.123456Z or 2026-02-19T15:12:00+00:00."
IMPOSSIBLE = "There is no such date or time of day: check month, day, hour, minute, second and offset."


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2021-02-19T15:12:00Z", datetime(2021, 2, 19, 15, 12, tzinfo=UTC)),
        ("2021-02-19t15:12:00z", datetime(2021, 2, 19, 15, 12, tzinfo=UTC)),
        ("2021-02-19 15:12:00", datetime(2021, 2, 19, 15, 12, tzinfo=UTC)),
        ("2021-02-19T15:12:00", datetime(2021, 2, 19, 15, 12, tzinfo=UTC)),
        ("2021-02-19 15:12:00+05:30", datetime(2021, 2, 19, 9, 42, tzinfo=UTC)),
        ("2021-01-01T00:30:00+01:00", datetime(2020, 12, 31, 23, 30, tzinfo=UTC)),
        ("2021-02-19T15:12:00-00:00", datetime(2021, 2, 19, 15, 12, tzinfo=UTC)),
        ("2021-02-19T15:12:00.5Z", datetime(2021, 2, 19, 15, 12, 0, 500_000, tzinfo=UTC)),
        ("2021-02-19T15:12:00.12Z", datetime(2021, 2, 19, 15, 12, 0, 120_000, tzinfo=UTC)),
        ("2021-02-19T15:12:00.0000019Z", datetime(2021, 2, 19, 15, 12, 0, 1, tzinfo=UTC)),
        ("2021-02-19T23:59:59.999999999Z", datetime(2021, 2, 19, 23, 59, 59, 999_999, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2021-03-28T01:30:00+23:59", datetime(2021, 3, 27, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc_cut_to_microseconds(text: str, read: datetime) -> None:
    assert read_moment(text) == read
    assert read_moment(text).tzinfo == UTC


@pytest.mark.parametrize(
    "text",
    [
        *["", "now", "2021", "2021-02-19", "20210219T151200Z", "2021-02-19T15:12Z", "2021-02-19T15Z"],
        *["2021-W07-5T15:12:00Z"],
        *["2021-02-19T15:12:00.Z", "2021-02-19T15:12:00,5Z", "2021-02-19T15:12:00 Z", "2021-02-19T15:12:00+01"],
        *["1613747520"],
        *["2021-02-19T15:12:00+0100", "2021-2-19T15:12:00Z", "21-02-19T15:12:00Z", " 2021-02-19T15:12:00Z"],
        *["2021-02-19T15:12:00Z\n", "２021-02-19T15:12:00Z", "-2021-02-19T15:12:00Z", "2021-02-19T15:12:00 UTC"],
        "2021-02-19T15:12:00." + "0" * 80 + "Z",
    ],
)
def test_what_is_no_rfc_3339_date_time_is_unreadable(text: str) -> None:
    with pytest.raises(MomentUnreadable) as error:
        read_moment(text)
    assert str(error.value) == UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        *["2021-02-29T00:00:00Z", "2021-02-30T00:00:00Z", "2021-04-31T00:00:00Z", "2021-13-01T00:00:00Z"],
        *["2021-00-01T00:00:00Z", "2021-01-00T00:00:00Z", "0000-01-01T00:00:00Z", "2021-01-01T25:00:00Z"],
        *["2021-01-01T00:60:00Z", "2021-01-01T00:00:61Z", "2021-01-01T24:00:00Z"],
        *["2021-01-01T00:00:00+24:00", "2021-01-01T00:00:00+00:60", "2021-01-01T00:00:00-12:99"],
        *["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"],
    ],
)
def test_a_moment_that_never_was_is_impossible(text: str) -> None:
    with pytest.raises(MomentImpossible) as error:
        read_moment(text)
    assert str(error.value) == IMPOSSIBLE


def test_a_bare_date_is_its_midnight_only_where_dates_are_read() -> None:
    assert read_moment_or_date("2021-02-19") == datetime(2021, 2, 19, tzinfo=UTC)
    assert read_moment_or_date("2021-02-19T01:00:00+01:00") == datetime(2021, 2, 19, tzinfo=UTC)
    with pytest.raises(MomentImpossible):
        read_moment_or_date("2021-02-30")
    with pytest.raises(MomentUnreadable):
        read_moment_or_date("2021-02")


zones = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(derandomize=True, max_examples=200)
@given(
    moment=st.datetimes(datetime(1900, 1, 2), datetime(9000, 1, 1), timezones=zones),
    more=st.text("0123456789", max_size=9),
)
def test_whatever_python_writes_is_read_as_the_same_moment(moment: datetime, more: str) -> None:
    assert read_moment(moment.isoformat()) == moment
    whole = moment.isoformat(timespec="microseconds")
    assert read_moment(whole[:26] + more + whole[26:]) == moment


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "2016-12-31 23:59:60"])
def test_leap_second_counts_as_the_second_after_it(text: str) -> None:
    assert read_moment(text) == datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2016-12-31T22:59:60Z", "2016-03-31T23:59:60Z", "2016-12-31T23:59:61Z"])
def test_leap_second_elsewhere_is_impossible(text: str) -> None:
    with pytest.raises(MomentImpossible):
        read_moment(text)
