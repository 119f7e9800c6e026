"""Django's backend for PostgreSQL, with an end to the waiting for a server that says nothing.

libpq waits at least two seconds for each address, and as long as the resolver likes for its name. A worker cannot: the
callers of all the others stand behind it.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.postgresql import base

# Of a database's settings: seconds, none without.
CONNECTS_WITHIN = "CONNECTS_WITHIN"


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: Any) -> Any:
        seconds = self.settings_dict.get(CONNECTS_WITHIN)
        if seconds is None:
            return super().get_new_connection(conn_params)
        # In a thread, since nothing of libpq's or the resolver's own can be told to end sooner.
        beside = ThreadPoolExecutor(1, "connecting")
        try:
            connecting = beside.submit(super().get_new_connection, conn_params)
        except RuntimeError:
            # A process that ends takes no new thread, and nobody waits any more for what it writes last.
            return super().get_new_connection(conn_params)
        beside.shutdown(wait=False)
        try:
            return connecting.result(seconds)
        except TimeoutError:
            connecting.add_done_callback(_close)
            raise psycopg.errors.ConnectionTimeout("The server says nothing.") from None


def _close(connecting: "Future[Any]") -> None:
    """Nobody waits for it any more."""
    with suppress(psycopg.Error):
        connecting.result().close()
