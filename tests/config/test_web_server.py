import re
import shlex
import socket

import pytest

from config import web_server
from config.local_files import CLONE
from config.web_server import granian_command, take_address


def test_without_a_port_the_next_free_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("HOST", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(web_server, "_DEFAULT_PORT", taken)

        address = take_address()
        address.reservation.close()

    assert address.port > taken
    assert address.base_url == f"http://127.0.0.1:{address.port}"
    assert capsys.readouterr().out == f"Port {taken} is taken by another program; this is {address.port}.\n"


def test_two_copies_never_share_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)
    first, second = take_address(), take_address()
    first.reservation.close()
    second.reservation.close()

    assert first.port != second.port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
        ("localhost", "http://localhost:8123"),
    ],
)
def test_the_address_people_are_told_can_be_opened(host: str, url: str) -> None:
    with socket.socket() as unused:
        assert web_server.Address(host, 8123, unused).base_url == url


def test_the_guides_unit_serves_as_make_run_does() -> None:
    [line] = re.findall(r"(?m)^ExecStart=(.*granian.*)$", (CLONE / "docs" / "deploy.md").read_text())
    assert shlex.split(line)[1:] == granian_command(host="127.0.0.1", port=8000, workers=2)[1:]
