"""What the processors tell about themselves, read when metrics are collected, so that no span pays for it.

Semantic conventions for SDK self-metrics: `otel.sdk.processor.{span,log}.processed` with `error.type`
for what was lost, and `.queue.size` in items. The bound is in bytes, for which the conventions
have no name: `otelkit.export.queue.size` and `.capacity`, in By, stand beside.
(https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/)
"""

from collections.abc import Callable, Iterable

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.semconv._incubating.attributes.otel_attributes import (
    OTEL_COMPONENT_NAME,
    OTEL_COMPONENT_TYPE,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.export.component import metric_names
from otelkit.export.waiting import Waiting
from otelkit.signals import Signal

_ITEM = {Signal.TRACES: "span", Signal.LOGS: "log"}
_Observe = Callable[[CallbackOptions], Iterable[Observation]]


def observe_processing(exporter: Waiting) -> None:
    """Register the metrics of the processor in front of `exporter`, at the global meter provider."""
    item = _ITEM[exporter.destination.signal]
    unit = metric_names(exporter.destination.signal).unit
    component = {
        OTEL_COMPONENT_TYPE: f"otelkit_direct_{item}_processor",
        OTEL_COMPONENT_NAME: f"otelkit_{item}/0",
    }
    # A meter for each signal: of two observable instruments with one name a meter asks the first one alone.
    meter = metrics.get_meter(f"otelkit.export.{item}")

    def processed(_: CallbackOptions) -> Iterable[Observation]:
        yield Observation(exporter.queue.added_items, component)
        if full := exporter.drops.lost["queue_full"]:
            yield Observation(full, {**component, ERROR_TYPE: "queue_full"})

    def one(value: Callable[[], int]) -> list[_Observe]:
        return [lambda _: [Observation(value(), component)]]

    name = f"otel.sdk.processor.{item}"
    meter.create_observable_counter(f"{name}.processed", [processed], unit, "Items handed to export")
    meter.create_observable_up_down_counter(
        f"{name}.queue.size", one(lambda: exporter.queue.waiting_items), unit, "Items that wait"
    )
    meter.create_observable_up_down_counter(
        "otelkit.export.queue.size", one(lambda: exporter.queue.waiting_bytes), "By", "Bytes that wait"
    )
    meter.create_observable_up_down_counter(
        "otelkit.export.queue.capacity", one(lambda: exporter.queue.max_bytes), "By", "Bytes that may wait"
    )
