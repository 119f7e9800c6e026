"""The data dictionary says what the comments in the database say, on its page and in the guide."""

import pytest
from django.test import Client

from activity_history.management.commands.write_data_dictionary import GUIDE
from activity_history.reporting import dictionary
from tests.activity_history.staff import see, staff

pytestmark = pytest.mark.django_db


def test_the_guide_is_current() -> None:
    guide = GUIDE.read_text()
    assert guide == dictionary.put_into(guide, dictionary.read()), "run `make dictionary`"


def test_what_stands_around_it_in_the_guide_stays() -> None:
    view = dictionary.View("activity", "Rows.", [dictionary.Column("day", "date", "A day.")])
    guide = f"before\n{dictionary.BEGIN}\nold\n{dictionary.END}\nafter\n"
    table = "### activity\nRows.\n\n| column | type | meaning |\n|---|---|---|\n| `day` | date | A day. |"
    assert dictionary.put_into(guide, [view]) == (f"before\n{dictionary.BEGIN}\n\n{table}\n\n{dictionary.END}\nafter\n")
    with pytest.raises(ValueError, match="has no place"):
        dictionary.put_into("nothing", [view])


def test_the_page_shows_every_view_and_column() -> None:
    page = see(staff(), "/data-dictionary")
    assert page.status == 200
    for view in dictionary.read():
        assert f"{view.name} {view.meaning}" in page.text
        for column in view.columns:
            assert f"{column.name} {column.type} {column.meaning}" in page.text


def test_who_is_not_signed_in_is_led_to_the_sign_in() -> None:
    answer = Client().get("/data-dictionary/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in?next=/data-dictionary/")


def test_the_page_takes_one_statement_besides_the_session(django_assert_num_queries: object) -> None:
    client = staff()
    with django_assert_num_queries(3):  # type: ignore[operator]
        client.get("/data-dictionary")
