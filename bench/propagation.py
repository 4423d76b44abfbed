"""Reading and writing of headers: beside the SDK's and upstream's propagators, in one process, and in µs."""

import time
from collections.abc import Callable, Mapping
from statistics import median

from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.jaeger import JaegerPropagator as UpstreamsJaegerPropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bench.report import Row
from otelkit.propagation import (
    B3MultiPropagator,
    B3Propagator,
    BaggagePropagator,
    DatadogPropagator,
    JaegerPropagator,
    TraceContextPropagator,
    XRayPropagator,
)

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
# Ours, and upstream's where there is one. What is read is what each has written itself.
FORMATS: Mapping[str, tuple[TextMapPropagator, TextMapPropagator | None]] = {
    "tracecontext": (TraceContextPropagator(), TraceContextTextMapPropagator()),
    "b3": (B3Propagator(), B3SingleFormat()),
    "b3multi": (B3MultiPropagator(), B3MultiFormat()),
    "jaeger": (JaegerPropagator(), UpstreamsJaegerPropagator()),
    "xray": (XRayPropagator(), AwsXRayPropagator()),
    "datadog": (DatadogPropagator(), None),
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
        *(row for name in FORMATS for row in _rows_of_format(name)),
    ]


def _rows_of_format(name: str) -> list[Row]:
    """Processor time of one format, and its ratio to upstream's."""
    ours, upstream = FORMATS[name]
    context = TraceContextPropagator().extract(TRACEPARENT, Context())
    carrier: dict[str, str] = {}
    ours.inject(carrier, context)
    read, written = _reading(ours, carrier), _writing(ours, context)
    rows = [
        Row(f"{name}: read", _microseconds(read), None, "µs", "lower"),
        Row(f"{name}: written", _microseconds(written), None, "µs", "lower"),
        Row(f"{name}: looked for in vain", _microseconds(_reading(ours, {})), None, "µs", "lower"),
    ]
    if upstream is None:
        return rows
    ratios = {"read": _reading(upstream, carrier), "written": _writing(upstream, context)}
    return rows + [
        Row(f"{name}: {what}, beside upstream's", _ratio(mine, ratios[what]), None, "of its time", "lower")
        for what, mine in (("read", read), ("written", written))
    ]


def _reading(propagator: TextMapPropagator, carrier: Mapping[str, str]) -> Callable[[], object]:
    return lambda: propagator.extract(carrier, Context())


def _writing(propagator: TextMapPropagator, context: Context) -> Callable[[], object]:
    return lambda: propagator.inject({}, context)


def _ratio(ours: Callable[[], object], theirs: Callable[[], object]) -> float:
    return round(median(_seconds(ours) / _seconds(theirs) for _ in range(ROUNDS)), 2)


def _microseconds(work: Callable[[], object]) -> float:
    return round(median(_seconds(work) for _ in range(ROUNDS)) / CALLS * 1e6, 1)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return time.process_time() - start
