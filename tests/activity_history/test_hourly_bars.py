"""The columns of the last 24 hours, and the rows of the table behind them."""

from datetime import UTC, datetime, timedelta

from activity_history.hourly_bars import Part, first_hour, stacked

NOW = datetime(2026, 4, 10, 12, 34, 56, tzinfo=UTC)
HOUR = datetime(2026, 4, 10, 12, tzinfo=UTC)


def test_the_hour_that_has_begun_is_the_last_of_the_24() -> None:
    assert first_hour(NOW) == datetime(2026, 4, 9, 13, tzinfo=UTC)
    columns = stacked({}, now=NOW).columns
    assert [columns[0].hour, columns[-1].hour, len(columns)] == ["9 April, 13:00", "10 April, 12:00", 24]
    assert [column.label for column in columns if column.label] == ["18:00", "00:00", "06:00", "12:00"]


def test_parts_stand_upon_each_other_and_the_highest_fills_the_plot() -> None:
    counts = {("Person", HOUR): 300, (None, HOUR): 100, ("Person", HOUR - timedelta(hours=1)): 200}
    drawn = stacked(counts, now=NOW)
    assert (drawn.domains, drawn.highest) == (["Person", "no domain"], "400")
    assert drawn.columns[-1].parts == [
        Part("Person", 0, 300, "59.00", "117.00"),
        Part("no domain", 1, 100, "20.00", "39.00"),
    ]
    assert drawn.columns[-2].parts == [
        Part("Person", 0, 200, "98.00", "78.00"),
        Part("no domain", 1, 0, "98.00", "0.00"),
    ]
    assert [column.in_words for column in drawn.columns[-3:]] == ["0", "200", "400"]
    assert (drawn.columns[-1].x, drawn.columns[-1].middle, drawn.width) == ("95.833%", "97.917%", "3.583%")


def test_the_smallest_domains_are_put_together() -> None:
    counts: dict[tuple[str | None, datetime], int] = {(f"D{number}", HOUR): 1000 - number for number in range(10)}
    drawn = stacked(counts, now=NOW)
    assert drawn.domains == ["D0", "D1", "D2", "D3", "D4", "D5", "D6", "other domains"]
    assert drawn.columns[-1].parts[-1].in_words == "2,976"
    assert drawn.columns[-1].in_words == drawn.highest == "9,955"


def test_where_nothing_came_there_is_nothing_to_draw() -> None:
    drawn = stacked({}, now=NOW)
    assert (drawn.domains, drawn.highest, drawn.columns[0].parts) == ([], None, [])
