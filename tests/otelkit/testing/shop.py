"""A program for foreground runs: it emits what its argument says, set up by OTEL_* variables alone."""

import signal
import sys

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer


def emit_orders(tracer: Tracer) -> None:
    with tracer.start_as_current_span("POST /orders"), tracer.start_as_current_span("reserve stock"):
        pass


def emit_error(tracer: Tracer) -> None:
    try:
        with tracer.start_as_current_span("GET /orders/{id}"):
            raise LookupError("no such order")
    except LookupError:
        sys.exit(3)


def serve(tracer: Tracer) -> None:
    """Emit one trace, then wait for a signal and emit another for it."""
    waiting = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    tracer.start_span("started").end()
    number = signal.sigwait(waiting)
    again = signal.sigtimedwait(waiting, 0.5)  # a signal that came by two ways comes within this time
    tracer.start_span(f"got {signal.Signals(number).name} {'twice' if again else 'once'}").end()


def main() -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    sys.stdout.write("the program's own output\n")
    sys.stdout.flush()
    try:
        {"orders": emit_orders, "error": emit_error, "serve": serve}[sys.argv[1]](provider.get_tracer("shop"))
    finally:
        provider.shutdown()


if __name__ == "__main__":
    main()
