"""Analysts connect to the replica, by ODBC, with the login that was made on the primary."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.odbc.connecting import connected, require_driver
from tests.readers import names_of_ones_own
from tests.replica.pair import Pair
from tests.stored import stored


def test_an_analyst_reads_there_what_was_stored_on_the_primary(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    require_driver()
    with names_of_ones_own(monkeypatch) as names:
        password = StringIO()
        call_command("create_reporting_user", names.login, stdout=password, stderr=StringIO())
        id = stored(new_data='{"surname": "Łukasz £ 😀"}'.encode())
        pair.await_arrival()
        session = connected(pair.replica.url(), user=names.login, password=password.getvalue().strip())
        try:
            change = "SELECT activity_id, value_after FROM activity_change"
            assert [tuple(row) for row in session.execute(change)] == [(str(id), "Łukasz £ 😀")]
            assert tuple(session.execute("SELECT max(is_replica) FROM freshness").fetchone()) == (1,)
        finally:
            session.close()
