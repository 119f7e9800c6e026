"""The purge as those run it who run the service: once, from time to time, and cut off at any moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from activities import erasure, holds, locks
from activities.models import Activity, Author, Erasure, PurgeReceipt
from config.database_roles import Role
from tests.connections import execute
from tests.live.serving import CLONE, database_addresses
from tests.processes import eventually
from tests.stored import new_activity, store

pytestmark = pytest.mark.django_db(transaction=True)


def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=CLONE,
        env={**os.environ, **environment, **database_addresses(Role.RETENTION)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = start(*arguments, **environment)
    out, err = process.communicate(timeout=60)
    return process.returncode, out.rstrip("\n"), err.rstrip("\n")


def expired(count: int, **members: Any) -> None:
    past = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    store([new_activity(expires_at=past, occurred_at=past - timedelta(days=9), **members) for _ in range(count)])


def test_a_dry_run_tells_exactly_what_the_purge_then_deletes() -> None:
    expired(3)
    expired(1, type="create", target_type="asset")
    expired(2, target_id="held")
    holds.place(target_id="held", source_domain=None, reason="Audit", by="officer", now=datetime.now(UTC))
    window = "4 activities that expired from 2026-02-03 04:05:06 UTC to 2026-02-03 04:05:06 UTC"
    assert run("purge_expired_activities", "--dry-run") == (
        0,
        f"Would delete {window}; legal holds keep 2.\n"
        "           1  February 2026  create asset\n"
        "           3  February 2026  update person",
        "",
    )
    assert (Activity.objects.count(), PurgeReceipt.objects.count()) == (6, 0)
    done = f"Deleted {window} and 0 authors that nothing used; legal holds keep 2."
    assert run("purge_expired_activities", "--batch-size", "3") == (0, done, "")
    assert Activity.objects.count() == 2


def test_a_second_run_steps_aside_and_says_so() -> None:
    expired(1)
    execute(connection, "SELECT pg_advisory_lock(%s)", [locks.PURGING])
    said = "Another purge is running, so this one steps aside: nothing was done."
    assert run("purge_expired_activities") == (0, said, "")
    execute(connection, "SELECT pg_advisory_unlock(%s)", [locks.PURGING])
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--batch-size", "0"], "argument --batch-size: give a whole number from 1 to 50000"),
        (["--batch-size", "many"], "argument --batch-size: give a whole number from 1 to 50000"),
        (["--every", "hour"], "argument --every: write it as a whole number and s, m, h or d: 30m, 1h, 1d"),
        (["--every", "0h"], "argument --every: write it as a whole number and s, m, h or d: 30m, 1h, 1d"),
        (["--max-seconds", "long"], "argument --max-seconds: give a number of seconds, such as 600"),
        (["--max-seconds", "nan"], "argument --max-seconds: give a number of seconds, such as 600"),
        (["--max-seconds=-5"], "argument --max-seconds: give a number of seconds, such as 600"),
    ],
)
def test_options_that_are_none(arguments: list[str], said: str) -> None:
    code, out, err = run("purge_expired_activities", *arguments)
    assert (code, out, err.splitlines()[-1]) == (2, "", f"manage.py purge_expired_activities: error: {said}")


def test_it_goes_on_until_it_is_told_to_end_and_carries_out_erasures_meanwhile() -> None:
    expired(1)
    store([new_activity(target_id="t-1")])
    process = start("purge_expired_activities", "--every", "1s")
    try:
        assert eventually(lambda: not Activity.objects.filter(expires_at__lt=datetime.now(UTC)).exists())
        erasure.ask_for_target("t-1", reason="Request", by="officer", now=datetime.now(UTC))
        expired(1)
        assert eventually(lambda: PurgeReceipt.objects.filter(deleted=1).count() == 2)
        assert eventually(lambda: Erasure.objects.filter(erased=1, refused=None, done_at__isnull=False).exists(), 30)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[0].startswith("Deleted 1 activities that expired from 2026-02-03 04:05:06 UTC")
    assert time.monotonic() - began < 10
    assert Activity.objects.get().old_data == {"erased": True}


WAITING = "SELECT {} FROM pg_stat_activity WHERE query LIKE %s AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"


def ask_for_erasure(target_id: str) -> None:
    erasure.ask_for_target(target_id, reason="Request", by="officer", now=datetime.now(UTC))


@pytest.mark.acting_as("owner")
@pytest.mark.parametrize("statement", ["purge_activities", "erase_activities"])
def test_a_connection_that_is_cut_within_a_statement_ends_neither_purge_nor_erasures(statement: str) -> None:
    store([new_activity(target_id="t-1")])
    # One batch runs at a time: what is to be cut comes first, the other behind it.
    work: list[Callable[[], object]] = [partial(expired, 3), partial(ask_for_erasure, "t-1")]
    first, second = work if statement == "purge_activities" else work[::-1]
    first()
    blocker = connection.copy()
    blocker.set_autocommit(False)
    execute(blocker, "SELECT id FROM activity FOR UPDATE")
    process = start("purge_expired_activities", "--every", "1s")
    try:
        named = [f"%/* {statement} */%"]
        assert eventually(lambda: execute(connection, WAITING.format("pid"), named) != [], 30)
        execute(connection, WAITING.format("pg_terminate_backend(pid)"), named)
        blocker.rollback()
        second()
        assert eventually(lambda: Activity.objects.count() == 1, 30)
        assert eventually(lambda: Erasure.objects.filter(erased=1, done_at__isnull=False).exists(), 40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        blocker.close()
        process.kill()
        process.communicate()


def test_killed_at_any_moment_and_run_again_the_right_ones_are_gone_and_receipts_are_true() -> None:
    expired(1500)
    expired(100, target_id="held")
    holds.place(target_id="held", source_domain=None, reason="Audit", by="officer", now=datetime.now(UTC))
    store([new_activity() for _ in range(50)])
    killed = 0
    for part in range(4):
        process = start("purge_expired_activities", "--batch-size", "20")
        before = Activity.objects.count()
        # Whatever it does by then: the moments differ with the machine.
        assert eventually(lambda before=before, part=part: Activity.objects.count() <= before - 1 - 40 * part, 30)  # type: ignore[misc]
        os.killpg(process.pid, signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.communicate()
    assert killed >= 2
    assert run("purge_expired_activities")[0] == 0
    assert Activity.objects.filter(target_id="held").count() == 100
    assert Activity.objects.exclude(target_id="held").count() == 50
    receipts = list(PurgeReceipt.objects.order_by("id"))
    assert sum(receipt.deleted for receipt in receipts) == 1500
    assert [receipt.error for receipt in receipts if receipt.ended_at is None] == [
        "It ended before it could say so: killed, or cut off from the database."
    ] * killed
    assert receipts[-1].held_back == 100


def test_a_target_and_an_author_are_erased_by_command() -> None:
    store([new_activity(target_id="t-1"), new_activity(target_id="t-2", new_data=b'{"by": "a-1"}')])
    because = ("--reason", "Request 12", "--by", "officer")
    code, out, err = run("erase_target", "t-1", *because)
    [receipt] = Erasure.objects.all()
    assert (code, out, err) == (0, f"Activities whose data was erased: 1. Receipt: {receipt.pk}.", "")
    assert (receipt.target_id, receipt.reason, receipt.asked_by) == ("t-1", "Request 12", "officer")
    code, out, err = run("erase_author", "a-1", *because)
    assert (code, out.splitlines()[1:], err) == (
        0,
        ["Targets whose documents hold the id, name or e-mail (erase_target erases them):", "t-2"],
        "",
    )
    assert Author.objects.get().full_name == "erased"
    assert run("erase_author", "a-1", *because) == (1, "", "CommandError: There is no author with this id.")
    holds.place(target_id="t-2", source_domain=None, reason="Audit", by="officer", now=datetime.now(UTC))
    code, out, err = run("erase_target", "t-2", *because)
    assert (code, out) == (1, "")
    assert err.startswith("CommandError: The target, or what one domain sent of it, is under legal hold ")


def test_a_skewed_clock_is_told_and_nothing_is_purged(tmp_path: Any) -> None:
    expired(1)
    # Python runs this at its start: the process lives three hours ahead.
    (tmp_path / "sitecustomize.py").write_text(
        "import datetime as module\n"
        "class Ahead(module.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return super().now(tz) + module.timedelta(hours=3)\n"
        "module.datetime = Ahead\n"
    )
    code, out, err = run("purge_expired_activities", PYTHONPATH=str(tmp_path))
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("CommandError: This machine's clock is 10,800 s ahead of the database's")
    assert (Activity.objects.count(), PurgeReceipt.objects.count()) == (1, 0)
