"""A pre-forked worker in small: spans before, during and after forks, over the given endpoint.

Started by test_fork.py; prints nothing, and exits with the number of children that failed.
`outage`: the receiver is not there yet at the forks, so payloads wait in the parent. `direct`: spans are
encoded where they end and wait one by one, else in the SDK's batches.
"""

import os
import signal
import sys

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otelkit.export import DirectSpanProcessor, WaitingSpanExporter

CHILDREN = 20


def main() -> int:
    outage, direct = "outage" in sys.argv, "direct" in sys.argv
    signal.alarm(50)  # a hang in a fork is what this program is there to find
    exporter = WaitingSpanExporter(shutdown_timeout_seconds=20)
    provider = TracerProvider(shutdown_on_exit=False)
    if direct:
        provider.add_span_processor(DirectSpanProcessor(exporter))
    else:
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=20))
    tracer = provider.get_tracer("forking")

    def emit(name: str) -> None:
        tracer.start_span(name).end()

    emit("parent-before")
    provider.force_flush(300)
    exporter.force_flush(300 if outage else 5000)
    children = []
    for number in range(CHILDREN):
        emit(f"parent-{number}")
        if not direct:
            provider.force_flush()  # into the exporter's queue; what the fork meets is under way or waits
        child = os.fork()
        if child == 0:
            signal.alarm(40)
            emit(f"child-{number}")
            provider.shutdown()
            os._exit(1 if exporter.drops.lost or exporter.drops.exported != 1 else 0)
        children.append(child)
    failed = 0 if outage else sum(_fails(child) for child in children)
    sys.stdout.write("forked\n")
    sys.stdout.flush()
    failed += sum(_fails(child) for child in children) if outage else 0
    provider.shutdown()
    return failed + bool(exporter.drops.lost)


def _fails(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


if __name__ == "__main__":
    sys.exit(main())
