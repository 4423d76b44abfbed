"""OTLP over gRPC: a thread pool, generic handlers and raw bytes.

gRPC itself would decompress a message before anyone can ask how large it becomes.
So its decompression is off (`grpc.per_message_decompression`), and the bytes are
told apart by their first ones: no protobuf of OTLP can begin with gzip's magic
(wire type 7) or with zlib's (field 15 is unused).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import grpc

from otelkit.receiver.budget import Budget
from otelkit.receiver.fault import Fault
from otelkit.receiver.inflate import GZIP_MAGIC, inflate
from otelkit.receiver.judge import answer
from otelkit.receiver.ports import PortUnavailableError
from otelkit.receiver.verdict import Accept
from otelkit.signals import WIRES, Signal

_THREADS = 4
_ZLIB_MAGICS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_Handler = Callable[[bytes, grpc.ServicerContext], bytes]


class GrpcServer:
    """A gRPC server with the Export method of every signal."""

    def __init__(self, accept: Accept, host: str, port: int, budget: Budget, max_request_bytes: int) -> None:
        self.host, self.port = host, port
        self._accept = accept
        self._budget = budget
        self._max_request_bytes = max_request_bytes
        self._server: grpc.Server | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Bind and serve; raises PortUnavailableError."""
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="otlp-grpc")
        self._server = grpc.server(self._pool, options=self._options())
        for signal, wire in WIRES.items():
            method = grpc.unary_unary_rpc_method_handler(self._handler(signal))
            handler = grpc.method_handlers_generic_handler(wire.grpc_service, {"Export": method})
            self._server.add_generic_rpc_handlers((handler,))
        address = f"[{self.host}]" if ":" in self.host else self.host
        try:
            self.port = self._server.add_insecure_port(f"{address}:{self.port}")
        except RuntimeError as error:
            self.stop(grace_seconds=0)
            raise PortUnavailableError(self.host, self.port, "in use or not permitted") from error
        self._server.start()

    def stop(self, grace_seconds: float) -> None:
        """Let requests in hand end within the grace, then cut them off; idempotent."""
        if self._server is not None:
            self._server.stop(grace_seconds).wait(grace_seconds + 1)
            self._server = None
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _options(self) -> list[tuple[str, int]]:
        return [
            ("grpc.max_receive_message_length", self._max_request_bytes),
            ("grpc.per_message_decompression", 0),
            ("grpc.http2.bdp_probe", 0),  # a stream that waits for a thread buffers 64 KB, not megabytes
            ("grpc.so_reuseport", 0),  # or a second server would take the same port without an error
        ]

    def _handler(self, signal: Signal) -> _Handler:
        def export(message: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                body = _decompressed(message, self._max_request_bytes)
                with self._budget.holding(len(body)):
                    return answer(signal, body, self._accept, self._budget)
            except Fault as fault:
                _abort(context, fault)

        return export


def _decompressed(message: bytes, limit_bytes: int) -> bytes:
    if message.startswith((GZIP_MAGIC, *_ZLIB_MAGICS)):
        return inflate(message, limit_bytes)
    return message


def _abort(context: grpc.ServicerContext, fault: Fault) -> NoReturn:
    metadata = [("grpc-status-details-bin", fault.status().SerializeToString())]
    if (info := fault.retry_info()) is not None:
        # The Python exporter reads this key, others the details above.
        metadata.append(("google.rpc.retryinfo-bin", info.SerializeToString()))
    context.set_trailing_metadata(tuple(metadata))
    context.abort(fault.code, fault.message)
