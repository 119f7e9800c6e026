"""What takes the mails and the events of Sentry that tests have sent: real servers on 127.0.0.1."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

from tests.live.serving import free_port

_WITHIN_SECONDS = 10


class Received(Queue[Any]):
    def __init__(self) -> None:
        super().__init__()
        self.port = 0

    def next(self) -> Any:
        """Fails when none comes in time."""
        return self.get(timeout=_WITHIN_SECONDS)

    def rest(self) -> list[Any]:
        """Those that are here by now."""
        found = []
        while True:
            try:
                found.append(self.get_nowait())
            except Empty:
                return found


@contextmanager
def mail_server() -> Iterator[Received]:
    """Takes all mails, as EmailMessage."""
    mails = Received()
    mails.port = free_port()

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            mails.put(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=mails.port)
    controller.start()
    try:
        yield mails
    finally:
        controller.stop()


@contextmanager
def http_server(status: int = 200) -> Iterator[Received]:
    """Takes what is posted, as (path, body)."""
    posts = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            posts.put((self.path, body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    posts.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield posts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def dsn(port: int) -> str:
    return f"http://0123456789abcdef@127.0.0.1:{port}/7"


def event_of(post: tuple[str, bytes]) -> dict[str, Any]:
    """Of an envelope: a line about all, and for each item a line about it and its body."""
    lines = post[1].decode().splitlines()
    assert json.loads(lines[1])["type"] == "event"
    event: dict[str, Any] = json.loads(lines[2])
    return event


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())
