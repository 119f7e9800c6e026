"""Rules of the house that a tool can hold."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LONGEST_FILE, LONGEST_FUNCTION = 250, 40
ROOMS = ("activities", "activity_history", "config", "tests", "benchmarks")
PYTHON = [path for room in ROOMS for path in sorted(ROOT.glob(f"{room}/**/*.py")) if "migrations" not in path.parts]
SQL = sorted(ROOT.glob("activities/sql/*.sql"))


def test_no_file_is_longer_than_250_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in PYTHON}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_no_text_was_read_in_another_encoding_on_its_way() -> None:
    texts = [*PYTHON, *ROOT.glob("docs/**/*.[my]*"), *ROOT.glob("templates/**/*.html"), ROOT / "README.md"]
    assert len(texts) > 500
    assert [path for path in texts if re.search("[\x80-\x9f]", path.read_text())] == []


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_statement_says_its_purpose_and_bears_its_name(path: Path) -> None:
    lines = path.read_text().splitlines()
    head = [line for line in lines if line.startswith("--")]
    assert lines[: len(head)] == head
    assert len(head[0]) > len("-- ")
    assert head[-1].startswith("-- Index")
    keyword, _, rest = lines[len(head)].partition(" ")
    assert keyword in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    assert rest.startswith(f"/* {path.stem} */")
