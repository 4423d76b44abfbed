"""A real HTTP server that answers as told and keeps what it was asked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass
class Playing:
    """Answers every request with `status` and `body`; `asked` are path, parameters and headers."""

    status: int = 200
    body: bytes = b""
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)
    address: str = ""

    def give(self, data: Any, status: str = "success") -> None:
        """Answer with an envelope."""
        self.body = json.dumps({"status": status, "data": data}).encode()


@pytest.fixture
def playing() -> Iterator[Playing]:
    played = Playing()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            played.asked.append((asked.path, parse_qs(asked.query), dict(self.headers)))
            self.send_response(played.status)
            self.send_header("Content-Length", str(len(played.body)))
            self.end_headers()
            self.wfile.write(played.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield played
        finally:
            server.shutdown()
            thread.join()
