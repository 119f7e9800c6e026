"""Connections by ODBC with the settings of the guide."""

import os
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.qlik_guide import CONNECTION

if TYPE_CHECKING:
    import pyodbc

# Debian's name for the driver; the guide has the one of Windows.
DRIVER = "PostgreSQL Unicode"
_REQUIRED = ("CI", "REQUIRE_ODBC")


def require_driver() -> None:
    """Skips the test where there is none, or fails it where there must be one."""
    try:
        # Its import needs the driver manager's library.
        import pyodbc

        if DRIVER in pyodbc.drivers():
            return
    except ImportError:
        pass
    missing = (
        "The tests of ODBC need PostgreSQL's driver and a driver manager: install them, for example with "
        "`sudo apt install odbc-postgresql unixodbc`."
    )
    if any(os.environ.get(name) for name in _REQUIRED):
        pytest.fail(missing)
    pytest.skip(missing)


def connected(url: str, *, user: str, password: str) -> "pyodbc.Connection":
    """To the database of that address, as another user."""
    import pyodbc

    # Else the driver manager would keep a connection that was closed, and with it the locks of its test.
    pyodbc.pooling = False
    parts = conninfo_to_dict(url)
    here = {
        "Driver": f"{{{DRIVER}}}",
        "Server": parts.get("host", "localhost"),
        "Port": parts.get("port", "5432"),
        "Database": parts["dbname"],
        "Uid": user,
        # That of a test has no certificate.
        "SSLmode": "prefer",
    }
    wanted = dict(part.split("=", 1) for part in CONNECTION.split(";"))
    assert here.keys() <= wanted.keys()
    settings = {**wanted, **here, "Pwd": password}
    return pyodbc.connect(";".join(f"{name}={value}" for name, value in settings.items()), autocommit=True)
