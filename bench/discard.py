"""An OTLP gRPC receiver that takes everything and looks at nothing, so that it costs little.

Prints its port, then serves until its standard input closes.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from otelkit.signals import WIRES


def accept(_: bytes, __: grpc.ServicerContext) -> bytes:
    """Answer as a Collector does that took everything: an empty message."""
    return b""


def main() -> None:
    """Serve on a free port of the loopback interface."""
    server = grpc.server(ThreadPoolExecutor(2))
    handler = grpc.unary_unary_rpc_method_handler(accept)
    for wire in WIRES.values():
        handlers = grpc.method_handlers_generic_handler(wire.grpc_service, {"Export": handler})
        server.add_generic_rpc_handlers((handlers,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


if __name__ == "__main__":
    main()
