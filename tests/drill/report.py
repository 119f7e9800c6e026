"""The table at the end."""

from collections.abc import Iterator, Sequence

from tests.drill.audit import Found, Verdict
from tests.drill.exchange import NO_ANSWER
from tests.drill.journal import Journal, Phase

_SHOWN_AT_MOST = 20
_HEAD = ("phase", "acknowledged", "p50 ms", "p95 ms", "p99 ms", "broken s", "back in s", "refused")
_LINE = "{:<26}{:>13}{:>8}{:>8}{:>8}{:>10}{:>11}  {}"


def lines(journal: Journal, *, sent: int, acknowledged: int, found: Found, verdict: Verdict) -> Iterator[str]:
    yield ""
    yield _LINE.format(*_HEAD)
    for phase in journal.phases:
        yield _line(phase)
    yield ""
    yield (
        f"Sent {sent:,}, acknowledged {acknowledged:,}, stored {len(found.stored):,}:"
        f" lost {len(verdict.lost)}, duplicated {len(verdict.duplicated)}, altered {len(verdict.altered)},"
        f" never sent {len(verdict.unknown)}."
    )
    order = "in the order of storing" if verdict.in_order else "NOT in the order of storing"
    yield (
        f"The follower saw {len(found.followed):,}: skipped {len(verdict.skipped)},"
        f" repeated {len(verdict.repeated)}, {order}."
    )
    if journal.slowest_503:
        yield f"The slowest 503 came after {journal.slowest_503:.2f} s."
    if not journal.wrong:
        yield "Every answer was one that the contract foresees."
    for what, times in journal.wrong.most_common(_SHOWN_AT_MOST):
        yield f"WRONG ×{times}: {what}"


def _line(phase: Phase) -> str:
    percentiles = [f"{1000 * percentile(phase.times, share):,.0f}" for share in (50, 95, 99)]
    spans = ["" if each is None else f"{each:.2f}" for each in (phase.broken, phase.recovered)]
    return _LINE.format(phase.name, f"{phase.acknowledged:,}", *percentiles, *spans, _refused(phase)).rstrip()


def _refused(phase: Phase) -> str:
    refused = {status: times for status, times in sorted(phase.statuses.items()) if status >= 400}
    said = [f"{status} ×{times:,}" for status, times in refused.items()]
    cut_off = phase.statuses[NO_ANSWER]
    return ", ".join([*said, *([f"no answer ×{cut_off:,}"] if cut_off else [])])


def percentile(times: Sequence[float], share: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0
