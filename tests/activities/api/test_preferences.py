import pytest

from activities.api.preferences import Preferences, read_preferences


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("", Preferences(None, False)),
        ("return=minimal", Preferences("minimal", False)),
        ('handling="lenient", return = representation', Preferences("representation", True)),
        ("return=minimal, return=representation", Preferences("minimal", False)),
        ('note="a, handling=lenient", return=minimal', Preferences("minimal", False)),
        # Never closed, and long: each character is looked at once.
        ('"' + r"\"" * 200_000 + ", handling=lenient", Preferences(None, False)),
    ],
)
def test_preferences_are_read_as_their_standard_says(header: str, read: Preferences) -> None:
    assert read_preferences({"HTTP_PREFER": header}) == read
