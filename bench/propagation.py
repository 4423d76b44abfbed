"""Reading and writing of headers beside the SDK's propagators, in one process: our share of its time."""

import time
from collections.abc import Callable, Mapping
from statistics import median

from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bench.report import Row
from otelkit.propagation import BaggagePropagator, TraceContextPropagator

ROUNDS, CALLS = 60, 500
NO_SLOWER = 1.05  # but for what the control shows of the machine
TRACEPARENT = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
TRACESTATE = {**TRACEPARENT, "tracestate": "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"}
ALL = {**TRACESTATE, "baggage": "userId=alice,serverNode=DF%2028,isProduction=false"}
CASES: Mapping[str, Mapping[str, str]] = {
    "traceparent": TRACEPARENT,
    "traceparent and tracestate": TRACESTATE,
    "all three headers": ALL,
    "no headers": {},
}


def measure() -> list[Row]:
    """Ratios of processor time; a control compares the SDK's side with itself."""
    ours = CompositePropagator([TraceContextPropagator(), BaggagePropagator()])
    sdk = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
    given = sdk.extract(ALL, Context())
    rows = [
        Row(
            f"propagation: {name} read",
            _ratio(_reading(ours, carrier), _reading(sdk, carrier)),
            NO_SLOWER,
            "of SDK's time",
            "lower",
        )
        for name, carrier in CASES.items()
    ]
    written = _ratio(lambda: ours.inject({}, given), lambda: sdk.inject({}, given))
    control = _ratio(_reading(sdk, ALL), _reading(sdk, ALL))
    return [
        *rows,
        Row("propagation: all three headers written", written, NO_SLOWER, "of SDK's time", "lower"),
        Row("propagation: control, SDK beside itself", control, None, "of SDK's time", "lower"),
    ]


def _reading(propagator: CompositePropagator, carrier: Mapping[str, str]) -> Callable[[], object]:
    return lambda: propagator.extract(carrier, Context())


def _ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    return round(median(_seconds(ours) / _seconds(theirs) for _ in range(ROUNDS)), 2)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return time.process_time() - start
