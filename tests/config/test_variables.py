"""The table of settings says what is read, and what holds unless it is set; secrets can come from files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.database import databases
from config.database_roles import Role, environment_of
from config.local_files import CLONE
from config.variables import GUIDE, VARIABLES, Variable, with_table

STRONG = "correct-horse-battery-staple-0123456789-ABCDEFGHIJKL"
ADDRESS = "postgresql://ruta:a-long-Password-76@db.example/history"


def test_the_guide_has_the_table_as_it_is() -> None:
    guide = GUIDE.read_text()
    assert with_table(guide) == guide, "run `make settings-table`"
    assert with_table(guide.replace(VARIABLES["PORT"].meaning, "else")) == guide


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call of a reader that names its variable."""
    for path in sorted((CLONE / "config").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func)
                if name.startswith("env.") or name == "_whole_number":
                    yield str(node.args[0].value), node


def test_each_variable_is_read_and_none_else() -> None:
    assert {name for name, _ in calls()} | set(Role) == set(VARIABLES)


def test_the_table_tells_the_default_of_the_code() -> None:
    seconds = [(name, node.args[1]) for name, node in calls() if len(node.args) > 1]
    told = {name: second.value for name, second in seconds if isinstance(second, ast.Constant)}
    assert {"COUNCIL_NAME", "COUNCIL_COLOUR", "HOST"} <= set(told)
    for name, default in told.items():
        said = VARIABLES[name].unless_set
        assert str(default).rpartition(":")[0] in said if name == "PUBLIC_URL" else str(default) in said


def test_a_variable_that_is_not_listed_is_not_read() -> None:
    with pytest.raises(KeyError):
        env.text("ANOTHER")


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Of the secret variable NAMED."""
    monkeypatch.setitem(VARIABLES, "NAMED", Variable("NAMED", "none", "for these tests", secret=True))
    monkeypatch.delenv("NAMED", raising=False)
    monkeypatch.setenv("NAMED_FILE", str(tmp_path / "secret"))
    return tmp_path / "secret"


def test_a_secret_may_come_from_a_file(file: Path) -> None:
    file.write_text(f"{STRONG}\n")
    assert (env.text("NAMED"), env.secret("NAMED", "")) == (STRONG, STRONG)


def test_a_weak_secret_in_a_file_is_refused_and_not_shown(file: Path) -> None:
    file.write_text("weak")
    with pytest.raises(ImproperlyConfigured, match=r"^NAMED is too weak: take at least 50 random characters"):
        env.secret("NAMED", "")


def test_a_secret_that_is_given_twice_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(STRONG)
    monkeypatch.setenv("NAMED", STRONG)
    with pytest.raises(ImproperlyConfigured, match=r"^NAMED and NAMED_FILE are both set: take one of them away\.$"):
        env.text("NAMED")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"cannot be read \(No such file or directory\): correct the path or the file\.$"),
        (b"\xff\xfe", r"cannot be read \(it is no text\): correct the path or the file\.$"),
        (b" \n", r"is empty: write the secret into it\.$"),
    ],
)
def test_a_file_without_a_secret_is_refused(file: Path, content: bytes | None, sentence: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=f"^NAMED_FILE: {re.escape(str(file))} {sentence}"):
        env.text("NAMED")


def test_what_is_no_secret_is_read_from_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("other")
    monkeypatch.setenv("HOST_FILE", str(file))
    monkeypatch.delenv("HOST", raising=False)
    assert env.text("HOST", "127.0.0.1") == "127.0.0.1"


def test_the_database_s_address_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, no_address: None, tmp_path: Path
) -> None:
    (tmp_path / "address").write_text(ADDRESS)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "address"))
    assert databases()["default"]["PASSWORD"] == "a-long-Password-76"


def test_a_child_learns_of_no_other_role_s_file(
    monkeypatch: pytest.MonkeyPatch, no_address: None, tmp_path: Path
) -> None:
    for role in Role:
        (tmp_path / role).write_text(ADDRESS)
        monkeypatch.setenv(f"{role}_FILE", str(tmp_path / role))
    given = environment_of(Role.APPLICATION)
    assert {name for name in given if name.startswith("DATABASE_")} == {"DATABASE_URL_FILE"}


@pytest.mark.parametrize(("public", "password"), [("https://history.example", "change-me"), ("HTTPS://h", "a" * 30)])
def test_a_weak_password_of_the_database_is_refused_where_the_service_is_reached_from_outside(
    monkeypatch: pytest.MonkeyPatch, no_address: None, public: str, password: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", public)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://ruta:{password}@db.example/history")
    with pytest.raises(ImproperlyConfigured) as refused:
        databases()
    assert str(refused.value).startswith("DATABASE_URL: the password in it is too weak: take at least 16 random")
    assert password not in str(refused.value)


@pytest.mark.parametrize(("public", "login"), [("http://127.0.0.1", "ruta:short"), ("https://history.example", "ruta")])
def test_on_one_s_own_machine_or_without_a_password_the_address_is_taken(
    monkeypatch: pytest.MonkeyPatch, no_address: None, public: str, login: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", public)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{login}@db.example/history")
    assert databases()["default"]["USER"] == "ruta"
