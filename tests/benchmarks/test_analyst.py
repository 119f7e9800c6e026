import os
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.analyst import Analyst, ask_until_cut_off, be_nice
from benchmarks.report import analyst_goal
from tests.live.serving import database_url
from tests.stored import new_activity, store

MEASURED = Analyst(rate=700, seconds=40, before_ms=1.0, during_ms=1.5, standing_back_by="nice 19")


def test_what_an_analyst_may_cost_stands_beside_what_it_did() -> None:
    assert analyst_goal(MEASURED) == (
        "p95 of 700 lists/s beside a cross join on a replica by nice 19, cut off after 40 s (1.50 ms)",
        "before it (1.00 ms)",
        "1.50×",
        "time at most 1.5×",
        "",
        "yes",
    )
    assert analyst_goal(replace(MEASURED, during_ms=1.6))[-1] == "**no**"


@pytest.mark.django_db(transaction=True)
def test_a_query_that_ends_is_none_of_the_worst_and_one_that_is_cut_off_is() -> None:
    with pytest.raises(SystemExit, match="it was none of the worst"):
        ask_until_cut_off(database_url())
    store(new_activity() for _ in range(500))
    ask_until_cut_off(f"{database_url()}&options=-c%20statement_timeout%3D10ms")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_nice_is_so_within_its_session_and_between_sessions() -> None:
    code = "import os; print(); input(); os.system('nice')"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        be_nice(process.pid)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
        assert process.communicate("\n")[0] == "19\n"
