"""Imports go one way: config → activity_history → activities → libraries."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Each may import those before it, and itself.
ROOMS = ("activities", "activity_history", "config")


def imported(path: Path) -> set[str]:
    """The modules that a file names in its imports, wherever in it they stand."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_from_our_own(room: str) -> dict[str, set[str]]:
    files = sorted(ROOT.glob(f"{room}/**/*.py"))
    assert files
    ours = (*ROOMS, "tests", "benchmarks")
    return {
        str(file.relative_to(ROOT)): {module for module in imported(file) if module.split(".")[0] in ours}
        for file in files
    }


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_one_above_it(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]
    strayed = [
        (file, module)
        for file, modules in imported_from_our_own(room).items()
        for module in modules
        if module.split(".")[0] not in allowed
    ]
    assert strayed == []


def test_settings_import_of_the_rooms_only_what_needs_no_settings() -> None:
    found = {module for module in imported(ROOT / "config/settings.py") if module.split(".")[0] in ROOMS[:2]}
    read = {"activities.api.issuer_settings", "activities.retention_policy"}
    assert {module.rpartition(".")[0] for module in found} == read
    also = {"activities.durations", "activities.moments"}
    for name in read | also:
        path = ROOT / f"{name.replace('.', '/')}.py"
        ours = {module.rpartition(".")[0] for module in imported(path) if module.split(".")[0] in ROOMS}
        assert ours <= also
        assert not [module for module in imported(path) if module.startswith("django.conf")]


def test_the_record_knows_nothing_of_pages() -> None:
    shown = ("django.shortcuts", "django.template", "django.contrib.admin")
    strayed = [
        (file.name, module)
        for file in ROOT.glob("activities/**/*.py")
        for module in imported(file)
        if module.startswith(shown)
    ]
    assert strayed == []


def test_domain_knows_nothing_of_the_api() -> None:
    strayed = [
        (file.name, module)
        for file in ROOT.glob("activities/*.py")
        for module in imported(file)
        if module.startswith(("activities.api", "rest_framework", "django.http"))
    ]
    assert strayed == []
