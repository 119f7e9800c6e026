"""The README quotes what the benchmarks wrote, and nothing else."""

import re

from config.local_files import CLONE


def ratios() -> dict[tuple[str, str], str]:
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| ([\d.]+)× \|", results(), re.MULTILINE)
    return {(work, against): ratio for work, against, ratio in rows}


def results() -> str:
    return (CLONE / "benchmarks" / "RESULTS.md").read_text()


def test_readme_quotes_the_results() -> None:
    section = (CLONE / "README.md").read_text().split("## How fast\n")[1].split("\n## ")[0]
    quoted = re.findall(r"(?<![\d.])(\d+\.\d\d|\d+) times|at (\d+\.\d\d)|\((\d\.\d\d) times", " ".join(section.split()))
    numbers = {number for found in quoted for number in found if number}
    works = ("list, 20 rows", "get one", "create one", "create 1,000 in one POST")
    wanted = {ratios()[work, "FastAPI peer"] for work in works}
    wanted |= {f"{float(ratios()[work, 'stock DRF']):.0f}" for work in works}
    flat = re.search(r"^\| a list of one target \| .*\| ([\d.]+) \| at most 1.3 \|", results(), re.MULTILINE)
    assert flat
    assert numbers == wanted | {flat[1]}
