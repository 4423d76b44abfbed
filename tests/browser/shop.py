"""A viewer that was told the whole story: for the tests, for the pictures, and to look at.

python -m tests.browser.shop        serves it until Ctrl-C
"""

import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import Signal
from tests.browser.story_metrics import tell_metrics
from tests.browser.story_orders import Line, logs_of, tell_orders
from tests.otelkit.viewer.conftest import Backend


def send_story(backend: Backend, orders: int = 400, end_nanos: int | None = None) -> None:
    """Send traces, logs and metrics of the half hour before the end, which is now."""
    end = time.time_ns() if end_nanos is None else end_nanos
    told = list(tell_orders(orders, end))
    traces, metrics, lines = ExportTraceServiceRequest(), ExportMetricsServiceRequest(), list[Line]()
    for order, shipping, said in told:
        traces.MergeFrom(order.request())
        traces.MergeFrom(shipping.request())
        lines += said
    for request in tell_metrics([order for order, _, _ in told], end):
        metrics.MergeFrom(request)
    backend.send(traces)
    backend.send(logs_of(lines), Signal.LOGS)
    backend.send(metrics, Signal.METRICS)


def main() -> None:
    """Serve until Ctrl-C."""
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        backend = Backend(Path(folder) / "viewer.db")
        try:
            send_story(backend)
            print(backend.viewer.addresses("127.0.0.1"), flush=True)  # noqa: T201 - a program for the terminal
            threading.Event().wait()
        finally:
            backend.viewer.stop()


if __name__ == "__main__":
    main()
