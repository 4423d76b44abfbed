"""Client and server spans and duration histograms for grpc.aio, in all four modes.

Follows semantic conventions 1.44 for gRPC. A client span ends when the call has a status, and a call has one
after completion, cancel, deadline, the channel's close and garbage collection alike; a stream whose reader is
gone is cancelled then. A server span ends with the task of its call. Spans stand around interceptors of the
application, which see the span's context, and around the channel's own retries, which make no spans.
"""

from collections.abc import Collection
from typing import Any

from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)

from otelkit.instrumentation.grpc_aio.client import patch_calls
from otelkit.instrumentation.grpc_aio.server import patch_server
from otelkit.instrumentation.grpc_calls import ClientSide, ServerSide
from otelkit.instrumentation.grpc_calls.options import Options

__all__ = ["GrpcAioInstrumentor"]


class GrpcAioInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Instruments every channel of grpc.aio, those that exist already too, and servers made from now on.

    `instrument()` takes what `grpc_calls.options.Options` names. Not together with upstream's: each would
    make a span. Under `opentelemetry-instrument` with both installed, set
    OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=grpc_aio_client,grpc_aio_server, which are upstream's names.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of grpcio that this was tested with."""
        return ("grpcio >= 1.80, < 2",)

    def _instrument(self, **options: Any) -> None:
        chosen = Options(**options)
        self._restore = [
            patch_calls(ClientSide(__name__, chosen)),
            patch_server(ServerSide(__name__, chosen)),
        ]

    def _uninstrument(self, **_: Any) -> None:
        for restore in self._restore:
            restore()
