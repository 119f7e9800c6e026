from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from activities.durations import Duration, read_duration
from activities.retention import AlreadyExpired, TimeToLiveTooLong, expires_at
from activities.retention_policy import SHIPPED, Rule, read_policy

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DEFAULT = '[default]\ntime_to_live = "P7Y"\nlongest = "P100Y"\n'


def end(
    happened: datetime, asked: str | None, *, now: datetime = NOW, domain: str | None = "Person"
) -> datetime | None:
    duration = read_duration(asked) if asked else None
    return expires_at(happened, duration, source_domain=domain, target_type="person", now=now)


@pytest.fixture
def policy(tmp_path: Path, settings: pytest.FixtureRequest) -> "type[object]":
    """Puts a policy in force."""

    def use(text: str) -> None:
        path = tmp_path / "retention.toml"
        path.write_text(text)
        settings.RETENTION_POLICY = read_policy(path)  # type: ignore[attr-defined]

    return use  # type: ignore[return-value]


def test_what_the_sender_asks_is_counted_from_the_moment_of_the_activity() -> None:
    happened = datetime(2025, 8, 31, 9, 30, 0, 5, tzinfo=UTC)
    assert end(happened, "P18M") == datetime(2027, 2, 28, 9, 30, 0, 5, tzinfo=UTC)
    assert end(happened, "365 days") == happened + timedelta(days=365)


def test_the_shipped_policy_keeps_for_seven_years_and_lets_ask_for_a_hundred() -> None:
    assert read_policy(SHIPPED).rules == {(None, None): Rule("default", Duration(7, "Y"), Duration(100, "Y"))}
    assert end(datetime(2024, 2, 29, tzinfo=UTC), None) == datetime(2031, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize("asked", ["1 day", "P12W", "P6M", "P1Y", None])
def test_a_record_has_ended_at_its_very_end_and_not_a_microsecond_before(asked: str | None) -> None:
    happened = datetime(2019, 5, 31, 12, tzinfo=UTC)
    its_end = (read_duration(asked) if asked else Duration(7, "Y")).after(happened)
    assert end(happened, asked, now=its_end - MICROSECOND) == its_end
    for now in (its_end, its_end + MICROSECOND):
        with pytest.raises(AlreadyExpired) as error:
            end(happened, asked, now=now)
        assert str(error.value) == (
            f"The record would already have ended at {its_end:%Y-%m-%dT%H:%M:%SZ}: "
            "send a later datetime or a longer timeToLive, or leave the record out."
        )


@pytest.mark.parametrize("longest", ["36525 days", "P5217W", "P1200M", "P100Y"])
@pytest.mark.parametrize("year", [1927, 1999, 2000, 2001, 2026])
def test_every_time_to_live_that_can_be_written_is_allowed_as_shipped(longest: str, year: int) -> None:
    happened = datetime(year, 3, 1, tzinfo=UTC)
    assert end(happened, longest, now=happened) == read_duration(longest).after(happened)


def test_longer_than_the_policy_allows_is_refused_by_a_day(policy: object) -> None:
    policy('[default]\ntime_to_live = "P1Y"\nlongest = "P2Y"\n')  # type: ignore[operator]
    assert end(NOW, "P24M") == end(NOW, "731 days") == datetime(2028, 3, 15, 12, tzinfo=UTC)
    with pytest.raises(TimeToLiveTooLong) as error:
        end(NOW, "732 days")
    assert str(error.value) == "The longest time to live that the retention policy allows for such a record is P2Y."


def test_what_is_kept_for_ever_has_no_end_unless_one_is_asked_for(policy: object) -> None:
    policy('[default]\ntime_to_live = "unlimited"\nlongest = "P10Y"\n')  # type: ignore[operator]
    assert end(datetime(1900, 1, 1, tzinfo=UTC), None) is None
    assert end(NOW, "P1D") == NOW + timedelta(days=1)
    with pytest.raises(TimeToLiveTooLong):
        end(NOW, "P11Y")


RULES = (
    DEFAULT
    + """
[[rule]]
source_domain = "Finance"
time_to_live = "P1Y"
[[rule]]
target_type = "transaction"
time_to_live = "unlimited"
[[rule]]
source_domain = "Finance"
target_type = "transaction"
time_to_live = "P12W"
longest = "P6M"
[[rule]]
target_type = "person"
longest = "P8Y"
"""
)


def test_the_nearest_rule_counts_and_takes_from_the_default_what_it_does_not_say(tmp_path: Path) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(RULES)
    rule_for = read_policy(path).rule_for
    hundred = Duration(100, "Y")
    assert rule_for("Finance", "transaction") == Rule("Finance/transaction", Duration(84, "D"), Duration(6, "M"))
    assert rule_for("Tenure", "transaction") == Rule("*/transaction", None, hundred)
    assert rule_for(None, "transaction") == Rule("*/transaction", None, hundred)
    assert rule_for("Finance", "charge") == Rule("Finance/*", Duration(1, "Y"), hundred)
    assert rule_for("Finance", "person") == Rule("*/person", Duration(7, "Y"), Duration(8, "Y"))
    assert rule_for("finance", "Transaction") == Rule("default", Duration(7, "Y"), hundred)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "default: Field required."),
        ("default = 7", "default: Input should be a valid dictionary or instance of _Default."),
        ("[default", "is not TOML"),
        ('[default]\ntime_to_live = "P7Y"\n', "default.longest: Field required."),
        (DEFAULT.replace("P7Y", "7 years"), "default.time_to_live: Write the time to live as"),
        (DEFAULT.replace("P7Y", "for ever"), "default.time_to_live: Write the time to live as"),
        (DEFAULT.replace("P100Y", "unlimited"), "default.longest: Write the time to live as"),
        (DEFAULT.replace("P100Y", "P101Y"), "default.longest: A time to live is at most"),
        (DEFAULT.replace("P100Y", "P6Y"), "default: its time_to_live P7Y is longer than its longest P6Y:"),
        (DEFAULT.replace("P7Y", "P366D").replace("P100Y", "P1Y"), "default: its time_to_live P366D is longer"),
        (DEFAULT + "keep = 1\n", "default.keep: Extra inputs are not permitted."),
        (DEFAULT + "[[rule]]\n", "rule.0: name a source_domain, a target_type, or both"),
        (DEFAULT + '[[rule]]\ntarget_type = "x"\n', "rule.0: give a time_to_live, a longest, or both"),
        (DEFAULT + '[[rule]]\ntarget_type = ""\nlongest="P8Y"\n', "rule.0.target_type: String should have at least 1"),
        (
            DEFAULT + '[[rule]]\ntarget_type = "x"\nlongest = "P8Y"\n' * 2,
            "rule.1: another rule is for the same records.",
        ),
        (DEFAULT + '[[rule]]\ntarget_type = "x"\nlongest = "P1Y"\n', "*/x: its time_to_live P7Y is longer"),
        (DEFAULT + '[[rules]]\ntarget_type = "x"\n', "rules: Extra inputs are not permitted."),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured) as error:
        read_policy(path)
    assert str(error.value).startswith(f"RETENTION_FILE: {path}")
    assert said in str(error.value)


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        read_policy(tmp_path / "none.toml")
    assert str(error.value) == f"RETENTION_FILE: {tmp_path}/none.toml cannot be read (No such file or directory)."
