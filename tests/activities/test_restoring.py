"""What outlives the restore of a backup. To lose what came after it, rows are taken out as the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from activities import restoring
from activities.models import Activity, ApiClient, Author, Erasure, LegalHold
from tests.activities.keeping_rows import carry_out, write_erasure, write_hold
from tests.stored import AUTHOR, new_activity, store, stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.acting_as("owner")]

ERASED = {"erased": True}


def now() -> datetime:
    return datetime.now(UTC)


def save() -> restoring.Saved:
    return restoring.save(now=now())


def repeat(saved: restoring.Saved) -> restoring.Repeated:
    return restoring.repeat(saved, now=now())


@contextmanager
def lost() -> Iterator[None]:
    """As after a restore, the erasures, holds and documents of the block are gone again."""
    before: list[Activity | Author] = [*Activity.objects.order_by("id"), *Author.objects.order_by("id")]
    yield
    for model in (Erasure, LegalHold):
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {model._meta.db_table}")
    for row in before:
        row.save()


def documents(target_id: str) -> list[object]:
    return list(Activity.objects.filter(target_id=target_id).order_by("id").values_list("new_data", flat=True))


def test_an_erasure_of_after_the_backup_is_carried_out_again() -> None:
    stored(target_id="t-1")
    with lost():
        done = carry_out(write_erasure(asked_at=now()), now=now())
        saved = save()
    assert documents("t-1") == [{"surname": "Okafor-Bell"}]

    assert repeat(saved) == restoring.Repeated(erasures=1, holds=0, clients=0, refused=[])

    assert documents("t-1") == [ERASED]
    again = Erasure.objects.get()
    assert (again.target_id, again.reason, again.asked_by, again.asked_at, again.erased) == (
        *("t-1", done.reason, done.asked_by, done.asked_at),
        1,
    )


def test_an_author_is_erased_again_and_one_who_came_later_is_not() -> None:
    stored(author=AUTHOR)
    [known] = Author.objects.values_list("id", flat=True)
    with lost():
        for rows in ([known, known + 900], [known + 901]):
            write_erasure(target_id=None, author_rows=rows, asked_at=now())
        saved = save()

    assert repeat(saved).erasures == 1

    assert Author.objects.get().full_name == "erased"
    assert Erasure.objects.get().author_rows == [known]


def test_a_hold_keeps_what_it_kept_and_not_what_was_erased_before_it() -> None:
    for target in ("t-1", "t-2"):
        stored(target_id=target)
    with lost():
        carry_out(write_erasure(target_id="t-1", asked_at=now()), now=now())
        for target in ("t-1", "t-2"):
            write_hold(target_id=target, placed_at=now())
        carry_out(write_erasure(target_id="t-2", asked_at=now()), now=now())
        saved = save()

    repeated = repeat(saved)

    assert (documents("t-1"), documents("t-2")) == ([ERASED], [{"surname": "Okafor-Bell"}])
    assert (repeated.erasures, repeated.holds) == (2, 2)
    [sentence] = repeated.refused
    assert "under legal hold" in sentence


def test_a_hold_that_was_released_is_placed_and_released() -> None:
    placed = now() - timedelta(days=1)
    with lost():
        write_hold(placed_at=placed, released_at=placed + timedelta(hours=1), released_by="other")
        saved = save()

    repeat(saved)

    hold = LegalHold.objects.get()
    assert (hold.placed_at, hold.released_at, hold.released_by) == (placed, placed + timedelta(hours=1), "other")


def test_a_client_that_was_revoked_is_revoked_again() -> None:
    moment = now()
    ApiClient.objects.create(name="one", revoked_at=moment)
    saved = save()
    ApiClient.objects.update(revoked_at=None)

    assert repeat(saved).clients == 1

    assert ApiClient.objects.get().revoked_at == moment


def test_what_the_backup_knows_is_not_repeated() -> None:
    stored(target_id="t-1")
    write_hold(target_id="t-2", placed_at=now())
    carry_out(write_erasure(target_id="t-1", asked_at=now()), now=now())
    saved = save()

    assert repeat(saved) == restoring.Repeated(erasures=0, holds=0, clients=0, refused=[])
    assert (Erasure.objects.count(), LegalHold.objects.count()) == (1, 1)


def test_nothing_is_repeated_where_the_service_has_written_since(tmp_path: Path) -> None:
    saved = save()
    store([new_activity()])
    file = tmp_path / "saved.json"
    file.write_text(saved.model_dump_json())
    with pytest.raises(CommandError, match="run this before the service is started"):
        call_command("prepare_restored_database", str(file))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"saved_at": "yesterday"}'])
def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="is not what save_before_restore prints: save it again"):
        call_command("prepare_restored_database", str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("prepare_restored_database", str(tmp_path / "none.json"))
