"""What the heads of the statements' files say, and that a faulty one is refused."""

import pytest

from activities.statement_facts import Facts, Parameter, all_facts, read

HEAD = """-- The activity of an id,
-- in two lines.
--
-- And why.
--
-- Called by: GET /one; manage.py
--   other
-- Parameters: id = the id; now = the
--   moment
-- Index: activity_pkey, author_pkey; with a word
SELECT /* activity_by_id */ 1
"""


def test_a_head_is_read_over_its_lines() -> None:
    known = all_facts()["activity_by_id"]
    assert read("activity_by_id", HEAD) == Facts(
        name="activity_by_id",
        purpose=["The activity of an id, in two lines.", "And why."],
        called_by=["GET /one", "manage.py other"],
        parameters=[Parameter("id", "uuid", "the id"), Parameter("now", "timestamptz", "the moment")],
        indexes=["activity_pkey", "author_pkey"],
        index_note="with a word",
        text=known.text,
    )
    assert known.text.startswith("SELECT /* activity_by_id */")
    assert "%(" not in known.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "-- Called by: GET /one; manage.py\n--   other\n",
            "",
            "must end with the fields Called by, Parameters, Index",
        ),
        ("-- Index", "-- By", "must end with the fields"),
        ("; now = the\n--   moment", "", "do not have the same parameters: now"),
        ("id = the id", "id, page = the id", "do not have the same parameters: page"),
    ],
)
def test_a_head_that_lacks_something_is_refused_by_name(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^activity_by_id\.sql: .*{message}"):
        read("activity_by_id", HEAD.replace(old, new))


def test_what_writes_and_what_looks_for_words_is_known() -> None:
    assert {name for name, facts in all_facts().items() if facts.writes} == {
        "author_ids",
        "count_use",
        "delete_reads",
        "delete_unused_authors",
        "erase_activities",
        "erase_authors",
        "erase_readers",
        "forget_use",
        "mark_unused_authors",
        "purge_activities",
        "record_activities",
        "record_activity",
        "record_reads",
    }
    assert {name for name, facts in all_facts().items() if facts.looks_for_words} == {"targets_naming"}


def test_what_no_reader_has_run_is_known() -> None:
    reading = {name for name, facts in all_facts().items() if not facts.writes and not facts.serves_reading}
    of_commands = {"expired_activities", "held_targets_of_authors", "oldest_reads", "reads_of_target", "targets_naming"}
    of_purges = {"unused_authors", "worked_meanwhile"}
    assert reading == of_commands | of_purges | {"activities_by_ids", "compare_with_stored"}
