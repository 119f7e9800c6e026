"""An analyst's worst query on a replica, last in line for the machine's processors, and the lists meanwhile.

In a cluster of its own: a replica copies all databases of a server, and the benchmark's others are large.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psycopg

from benchmarks import processes, steady
from benchmarks.bench import Bench, Plan
from benchmarks.databases import Cluster, address_of
from benchmarks.servers import OURS
from config.embedded_replica import EmbeddedReplica
from config.local_files import CLONE

_CLUSTER = "benchmark-followed-postgres"
_GRACE_SECONDS = 60
_NICE, _IDLE = 19, "cpu.idle"
# Of the first and the second version of control groups.
_HIERARCHIES = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup"))
_LOOKS, _BETWEEN_LOOKS_SECONDS = 10, 0.2
# Nothing joins the two, nothing limits it, and each of its pairs makes a new text; by parallel workers, too.
_WORST = "SELECT max(one.new_data::text || other.new_data::text) FROM activity AS one CROSS JOIN activity AS other"
_CUT_OFF = "canceling statement due to statement timeout"


@dataclass(frozen=True)
class Analyst:
    """Lists, `rate` a second, before and during the query, which was cut off after `seconds`."""

    rate: float
    seconds: float
    before_ms: float
    during_ms: float
    standing_back_by: str

    @property
    def ratio(self) -> float:
        return self.during_ms / self.before_ms


def measure(bench: Bench, plan: Plan) -> Analyst:
    print("Measuring: lists beside an analyst's worst query on a replica …", flush=True)
    cluster = Cluster(_CLUSTER)
    with _last_in_line() as group, cluster.running():
        place = replace(bench, cluster=cluster, database=cluster.filled(plan.dataset))
        with cluster.replica() as replica, place.serving(OURS) as [server]:
            _set_timeout(replica, place.database, seconds=plan.beside_seconds)
            lists = steady.lists(place, plan, server)
            calm = lists.some()
            with _asking(address_of(replica, place.database)) as query:
                _stand_back(replica, group)
                during = lists.beside(query, limit=plan.beside_seconds + _GRACE_SECONDS)
            steady.must_have_answered(*calm, during)
    before = median(each.p95_ms for each in calm)
    return Analyst(lists.rate, plan.beside_seconds, before, during.usual_p95_ms, _IDLE if group else f"nice {_NICE}")


def _set_timeout(replica: EmbeddedReplica, database: str, *, seconds: int) -> None:
    with psycopg.connect(address_of(replica, database), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET statement_timeout = '{seconds}s'".encode())
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _last_in_line() -> Iterator[Path | None]:
    """A control group of what runs when nobody else wants to, as CPUWeight=idle has systemd make it.

    None where this user may not make one.
    """
    groups = [hierarchy / "activity-history-benchmark" for hierarchy in _HIERARCHIES]
    try:
        yield next(filter(_is_idle, groups), None)
    finally:
        for group in groups:
            with suppress(OSError):
                group.rmdir()


def _is_idle(group: Path) -> bool:
    """It is made, if that is allowed."""
    try:
        group.mkdir(exist_ok=True)
        (group / "cpu.idle").write_text("1")
    except OSError:
        return False
    return True


def _stand_back(replica: EmbeddedReplica, group: Path | None) -> None:
    """Each process of PostgreSQL's is a session of its own, and that of the query has some more that help."""
    assert replica.process is not None
    for _ in range(_LOOKS):
        time.sleep(_BETWEEN_LOOKS_SECONDS)
        for pid in processes.tree(replica.process.pid):
            if group:
                (group / "cgroup.procs").write_text(str(pid))
            else:
                be_nice(pid)


def be_nice(pid: int) -> None:
    os.setpriority(os.PRIO_PROCESS, pid, _NICE)
    # Where Linux gives each session its share of the machine, this is what counts between them.
    session = Path(f"/proc/{pid}/autogroup")
    if session.exists():
        session.write_text(str(_NICE))


def _asking(address: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.analyst"]
    environment = {**os.environ, "DATABASE_REPLICA_URL": address}
    return subprocess.Popen(
        command, cwd=CLONE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def ask_until_cut_off(address: str) -> None:
    """Ends the process with an error unless the query is cut off, and says so."""
    with psycopg.connect(address) as connection:
        try:
            connection.execute(_WORST)
        except psycopg.errors.QueryCanceled as error:
            if _CUT_OFF in str(error):
                return
            raise
    sys.exit("The query came to its end: it was none of the worst.")


if __name__ == "__main__":
    ask_until_cut_off(os.environ["DATABASE_REPLICA_URL"])
