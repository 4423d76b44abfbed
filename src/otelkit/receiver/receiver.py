"""The receiver: both protocols in front of one callback."""

import threading

from starlette.applications import Starlette

from otelkit.receiver.budget import Budget
from otelkit.receiver.grpc_server import GrpcServer
from otelkit.receiver.http_app import otlp_routes
from otelkit.receiver.http_server import HttpServer
from otelkit.receiver.judge import LARGEST_DECODED_BYTES
from otelkit.receiver.verdict import Accept

_GRACE_SECONDS = 1.0
_LARGEST_BODIES_IN_HAND = 4


class Receiver:
    """Receives OTLP in threads of this process, and asks `accept` about every request.

    `max_request_bytes` bounds a request as sent and as decompressed. Of the largest ones one
    is decoded at a time; what does not fit beside it is asked to come again.
    """

    def __init__(
        self,
        accept: Accept,
        *,
        host: str = "127.0.0.1",
        grpc_port: int = 0,
        http_port: int = 0,
        max_request_bytes: int = 4 * 2**20,
    ) -> None:
        budget = Budget(_LARGEST_BODIES_IN_HAND * max_request_bytes + LARGEST_DECODED_BYTES)
        app = Starlette(routes=otlp_routes(accept, budget, max_request_bytes))
        self._grpc = GrpcServer(accept, host, grpc_port, budget, max_request_bytes)
        self._http = HttpServer(app, host, http_port)

    @property
    def grpc_port(self) -> int:
        """The port of OTLP over gRPC; the real one after `start`."""
        return self._grpc.port

    @property
    def http_port(self) -> int:
        """The port of OTLP over HTTP; the real one after `start`."""
        return self._http.port

    def start(self) -> None:
        """Listen on both ports; raises PortUnavailableError, with neither left open."""
        self._grpc.start()
        try:
            self._http.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Answer what is in hand within about a second, then close both ports; idempotent."""
        http = threading.Thread(target=self._http.stop, args=(_GRACE_SECONDS,))
        http.start()
        self._grpc.stop(_GRACE_SECONDS)
        http.join()
