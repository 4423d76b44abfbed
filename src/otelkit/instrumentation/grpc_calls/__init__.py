"""What one gRPC call is in telemetry: shared by `grpc_aio` and `grpc_sync`, copied along with either.

Follows semantic conventions 1.44, "Semantic conventions for gRPC": `rpc.method` is the full name and the
span's name, `rpc.response.status_code` is a word, durations are seconds.
"""

from otelkit.instrumentation.grpc_calls.calls import Call
from otelkit.instrumentation.grpc_calls.routes import Route
from otelkit.instrumentation.grpc_calls.sides import ClientSide, ServerSide

__all__ = ["Call", "ClientSide", "Route", "ServerSide"]
