import re
from itertools import pairwise

import pytest

from config.local_files import CLONE


@pytest.mark.parametrize("stem", ["requirements", "requirements-dev", "requirements-bench"])
def test_every_requirement_says_what_it_is_for(stem: str) -> None:
    lines = (CLONE / f"{stem}.txt").read_text().splitlines()
    pins = [(above, line) for above, line in pairwise(lines) if re.match(r"\w", line)]
    wanted = re.findall(r"(?m)^([\w.-]+)[^#\n]*# (.+)$", (CLONE / f"{stem}.in").read_text())

    assert [line for above, line in pins if not re.match(r"# \S", above)] == []
    assert [line for _, line in pins if not re.match(r"[\w.-]+==\S+ (; .+ )?\\$", line)] == []
    by_name = {line.split("==")[0]: above for above, line in pins}
    assert {name: by_name[name] for name, _ in wanted} == {name: f"# {why}" for name, why in wanted}


@pytest.mark.parametrize("stem", ["requirements", "requirements-dev", "requirements-bench"])
def test_requirements_name_no_place_to_fetch_from(stem: str) -> None:
    assert not re.search(r"://|(?m:^-)|--(index|find|extra)", (CLONE / f"{stem}.txt").read_text())
