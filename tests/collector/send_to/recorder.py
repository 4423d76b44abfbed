"""Endpoints that keep what they were asked, whole: POST over HTTP at any path, and OTLP over gRPC."""

import gzip
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import grpc

from otelkit.signals import WIRES


@dataclass(frozen=True)
class Request:
    """One request, names of headers in lower case; over gRPC `path` is the method, `headers` the metadata."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes  # as it was sent
    at_seconds: float = field(default_factory=time.monotonic)  # when it had arrived

    @property
    def body(self) -> bytes:
        """What it says, decompressed."""
        return gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw

    def __repr__(self) -> str:
        return f"{self.method} {self.path} {self.headers} {len(self.raw)} bytes"


Answer = tuple[int, bytes]
Answerer = Callable[[Request], Answer]


class Recorder:
    """Answers with `answer` (by default 200 and nothing) and keeps every request in `requests`."""

    def __init__(self, answer: Answerer = lambda _: (200, b"")) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.asked = 0  # those that wait for their answer count, too

    def keep(self, request: Request) -> Answer:
        """Keep a request and answer it: an HTTP status, or the number of a gRPC status."""
        self.asked += 1
        answer = self.answer(request)
        self.requests.append(request)
        return answer


class HttpRecorder(Recorder):
    """On a free port of the loopback, as a context manager; 429 says when to come again."""

    retry_after_seconds = 1

    def __enter__(self) -> Self:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, body = recorder.keep(Request("POST", self.path, headers, self._read()))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if status == HTTPStatus.TOO_MANY_REQUESTS:
                    self.send_header("Retry-After", str(recorder.retry_after_seconds))
                self.end_headers()
                self.wfile.write(body)

            def _read(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers["Content-Length"]))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class GrpcRecorder(Recorder):
    """The Export methods of OTLP on a free port of the loopback, as a context manager."""

    def __enter__(self) -> Self:
        self._server = grpc.server(ThreadPoolExecutor(4))
        for wire in WIRES.values():
            method = f"/{wire.grpc_service}/Export"
            handler = grpc.unary_unary_rpc_method_handler(self._handler(method))
            self._server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(wire.grpc_service, {"Export": handler}),)
            )
        self.target = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(1).wait(2)

    def _handler(self, method: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        def export(message: bytes, context: grpc.ServicerContext) -> bytes:
            headers = {key: str(value) for key, value in context.invocation_metadata()}
            status, body = self.keep(Request("gRPC", method, headers, message))
            if status != 200:
                context.abort(next(code for code in grpc.StatusCode if code.value[0] == status), "told to")
            return body

        return export
