"""The bank that http-fastapi asks: it answers as told, so that payments are retried, refused and slow."""

import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

SLOW_SECONDS = 1.2  # longer than what the Collector takes for slow


class Bank(ThreadingHTTPServer):
    """Answers with the statuses of `script` in turn, then well; listens on a free port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: deque[HTTPStatus] = deque()
        self.pause_seconds = 0.0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Bank

    def do_POST(self) -> None:
        charge = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.server.pause_seconds)
        status = self.server.script.popleft() if self.server.script else HTTPStatus.CREATED
        payment = {"id": "1", "order_id": charge["order_id"], "amount_cents": charge["amount_cents"]}
        body = json.dumps(payment if status == HTTPStatus.CREATED else {}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def open_bank() -> Iterator[Bank]:
    """Serve until the block is left."""
    with Bank() as bank:
        thread = Thread(target=bank.serve_forever)
        thread.start()
        try:
            yield bank
        finally:
            bank.shutdown()
            thread.join()
