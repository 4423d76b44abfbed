"""A process that ends a given number of spans a second and writes down the id of each.

python -m tests.e2e.drills.steady_spans RATE SECONDS FILE
"""

import sys
import time
from pathlib import Path

from opentelemetry import trace

from otelkit import configure

ATTRIBUTES = {f"shop.attribute.{number}": f"value {number}" for number in range(10)}


def main(rate: int, seconds: float, file: Path) -> None:
    """Emit, then shut down as a service does."""
    telemetry = configure("steady-spans")
    tracer = trace.get_tracer(__name__)
    start, done = time.monotonic(), 0
    with file.open("w", encoding="ascii") as ids:
        while (elapsed := time.monotonic() - start) < seconds:
            while done < elapsed * rate:
                with tracer.start_as_current_span("steady", attributes=ATTRIBUTES) as span:
                    ids.write(f"{span.get_span_context().span_id:016x}\n")
                done += 1
            time.sleep(0.01)
    telemetry.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
