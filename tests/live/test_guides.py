"""What README and guides say is done as they say, and answers as they show. `…` stands for anything."""

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from activities.api.issuer_settings import read_issuers
from config.database_roles import Role
from tests.api_client import CheckedClient
from tests.live.serving import CLONE, database_addresses, serving
from tests.openapi_check import document
from tests.shapes import recent

NOT_FOR_A_TEST = {"make run", "make test"}
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "=== next block ==="


class Block(NamedTuple):
    language: str
    text: str


def _blocks(guide: str) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall((CLONE / guide).read_text())]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="The guides' examples need curl, which is not installed.")
@pytest.mark.parametrize(
    "guide",
    ["README.md", "docs/api.md", "docs/tokens.md", "docs/commands.md", "docs/export.md", "docs/viewer-links.md"],
)
def test_guide_does_what_it_says(guide: str, tmp_path: Path) -> None:
    blocks = _blocks(guide)
    commands = [block for block in blocks if block.language == "sh" and block.text.strip() not in NOT_FOR_A_TEST]
    expected = {
        block: after.text
        for block, after in pairwise(blocks)
        if block.language == "sh" and after.language in ("json", "text")
    }
    with serving(workers=1) as server:
        script = f"\necho '{_MARK}'\n".join(block.text for block in commands)
        script = script.replace("http://127.0.0.1:8000", server.url)
        script = script.replace(".venv/bin/python", sys.executable).replace(" manage.py", f" {CLONE}/manage.py")
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=tmp_path,
            env={**os.environ, **database_addresses(*Role)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    outputs = done.stdout.split(f"{_MARK}\n")
    assert len(outputs) == len(commands)
    for block, output in zip(commands, outputs, strict=True):
        assert "application/problem" not in output
        if block in expected:
            wanted = expected[block].replace("http://127.0.0.1:8000", server.url)
            assert re.fullmatch(_pattern(wanted), output.strip(), re.DOTALL), f"{block.text}\n{output}"


def _pattern(wanted: str) -> str:
    return ".*".join(re.escape(part) for part in wanted.strip().split("…"))


def test_issuers_of_the_guide_are_accepted() -> None:
    text = next(block.text for block in _blocks("docs/tokens.md") if block.language == "json")
    assert [issuer.issuer for issuer in read_issuers(text)] == [one["issuer"] for one in json.loads(text)]


def test_every_variable_that_is_read_is_in_the_settings_guide() -> None:
    code = "".join(path.read_text() for path in sorted((CLONE / "config").glob("*.py")))
    read = set(re.findall(r'(?:env\.\w+|environ\.get|_environment\w*)\(\s*"([A-Z_]+)"', code)) - {"MAKELEVEL"}
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (CLONE / "docs/settings.md").read_text(), re.MULTILINE))
    assert read | set(Role) <= listed
    assert {"SECRET_KEY", "PUBLIC_URL", "TOKEN_ISSUERS"} <= read
    assert all(name in code for name in listed)


@pytest.mark.parametrize("folder", [".", "docs", "docs/decisions"])
def test_every_link_of_the_guides_leads_somewhere(folder: str) -> None:
    for page in sorted((CLONE / folder).glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name}: {link}"


def test_example_of_the_openapi_document_is_stored(api: CheckedClient) -> None:
    examples = document()["paths"]["/api/v1/activities"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    for example in examples.values():
        assert api.record({**example["value"], "datetime": recent()}).status_code == 201
