from datetime import UTC, datetime

from activity_history.stacked_bars import Bars, stacked


def month(number: int) -> datetime:
    """Counted from January 2020."""
    return datetime(2020 + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def table(bars: Bars) -> dict[str, list[int]]:
    return {bar.label: [*(part.activities for part in bar.parts), bar.activities] for bar in bars.bars}


def test_kinds_stand_largest_first_and_those_beyond_the_colours_are_put_together() -> None:
    eight = {(f"kind {n}", month(0)): 10 - n for n in range(8)}
    assert stacked(eight).kinds == [f"kind {n}" for n in range(8)]
    ten = {(f"kind {n}", month(0)): 10 - n for n in range(10)}
    bars = stacked(ten)
    assert bars.kinds == [*(f"kind {n}" for n in range(7)), "other kinds"]
    assert table(bars) == {"January 2020": [10, 9, 8, 7, 6, 5, 4, 3 + 2 + 1, 55]}


def test_kinds_of_one_size_stand_in_the_order_of_their_names() -> None:
    assert stacked({(kind, month(0)): 1 for kind in "bca"}).kinds == ["a", "b", "c"]


def test_two_years_have_a_bar_for_each_month_and_what_is_older_is_put_together() -> None:
    two_years = stacked({("kind", month(n)): n + 1 for n in range(24)})
    assert list(table(two_years).values()) == [[n + 1, n + 1] for n in range(24)]
    longer = table(stacked({("kind", month(n)): n + 1 for n in range(26)}))
    assert len(longer) == 24
    assert list(longer.items())[:2] == [("before April 2020", [6, 6]), ("April 2020", [4, 4])]


def test_bars_stand_below_each_other_and_their_parts_side_by_side() -> None:
    bars = stacked({("a", month(0)): 3, ("b", month(0)): 1, ("b", month(1)): 2})
    assert ([bar.y for bar in bars.bars], bars.height) == ([0, 46], 92)
    assert [[(part.x, part.width) for part in bar.parts] for bar in bars.bars] == [
        [("0.000%", "75.000%"), ("75.000%", "25.000%")],
        [("0.000%", "0.000%"), ("0.000%", "50.000%")],
    ]
