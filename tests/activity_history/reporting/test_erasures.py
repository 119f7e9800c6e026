"""Erasures are announced, so that copies drop what was erased; reasons and who asked are not."""

from datetime import UTC, datetime

import pytest

from activities import erasure
from activities.models import Author, Erasure
from tests.activities.keeping_rows import write_erasure
from tests.activity_history.reporting.reading import read, settled

pytestmark = pytest.mark.django_db

ASKED = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)
COLUMNS = ("erasure_number", "target_id", "author_number", "asked_utc", "asked_london", "done_utc", "rows_erased")


def test_an_erased_record_is_announced_and_marked() -> None:
    settled(target_id="t-1")
    settled(target_id="t-2")
    asked = erasure.ask_for_target("t-1", reason="Request", by="officer", now=datetime.now(UTC))
    erasure.carry_out(asked, now=datetime.now(UTC))
    [(target, rows)] = read("erasure", "target_id", "rows_erased")
    assert (target, rows) == ("t-1", 1)
    assert read("activity", "target_id", "new_data", "is_erased") == [
        ("t-1", '{"erased": true}', 1),
        ("t-2", '{"surname": "Okafor-Bell"}', 0),
    ]
    assert read("activity_change", "target_id") == [("t-2",)]


def test_each_row_of_an_erased_author_is_announced() -> None:
    settled()
    [author] = Author.objects.all()
    asked = erasure.ask_for_author([author.pk], reason="Request", by="officer", now=datetime.now(UTC))
    erasure.carry_out(asked, now=datetime.now(UTC))
    assert read("erasure", "author_number", "target_id") == [(author.pk, None)]
    assert read("author", "author_number", "full_name", "is_erased") == [(author.pk, "erased", 1)]


def test_what_waits_or_was_refused_is_not_announced_but_what_was_erased_before_is() -> None:
    write_erasure(asked_at=ASKED)
    write_erasure(asked_at=ASKED, done_at=ASKED, refused="held")
    begun = write_erasure(asked_at=ASKED, erased=2)
    part = write_erasure(asked_at=ASKED, done_at=ASKED, refused="held", erased=3, target_id="t-2")
    both = write_erasure(asked_at=ASKED, done_at=ASKED, erased=2, target_id=None, author_rows=[5, 6])
    utc, london = datetime(2026, 6, 3, 23, 30), datetime(2026, 6, 4, 0, 30)
    assert Erasure.objects.count() == 5
    assert read("erasure", *COLUMNS) == [
        (begun.pk, "t-1", None, utc, london, None, 2),
        (part.pk, "t-2", None, utc, london, utc, 3),
        (both.pk, None, 5, utc, london, utc, 2),
        (both.pk, None, 6, utc, london, utc, 2),
    ]
