"""Metrics of an operator, after those of controller-runtime.

`kopf.handler.duration` (s) by reason, handler, resource and outcome: `success`, `noop`, `retry`, `failure`.
`kopf.handler.errors` and `kopf.handler.retries` count calls that failed, for good or not, and those that
were not the first. `kopf.convergence.duration` (s) is from a change's arrival until a handler has
answered it, all retries and restarts between included. `kopf.queue.depth` counts events that wait.
"""

from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter
from opentelemetry.semconv.schemas import Schemas

BOUNDARIES_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Instruments:
    """The instruments; `depths` gives how many events wait, by resource."""

    def __init__(
        self, scope: str, provider: MeterProvider | None, depths: Callable[[], Iterable[Observation]]
    ) -> None:
        meter = get_meter(scope, meter_provider=provider, schema_url=Schemas.V1_44_0.value)
        self.duration = meter.create_histogram(
            "kopf.handler.duration",
            "s",
            "Duration of handler calls.",
            explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
        )
        self.convergence = meter.create_histogram(
            "kopf.convergence.duration",
            "s",
            "Time from a change's arrival until a handler has answered it.",
            explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS,
        )
        self.errors = meter.create_counter("kopf.handler.errors", "{call}", "Handler calls that failed.")
        self.retries = meter.create_counter(
            "kopf.handler.retries", "{call}", "Handler calls that were repetitions."
        )
        self._depths: Callable[[], Iterable[Observation]] | None = depths

        def observe(_: CallbackOptions) -> Iterable[Observation]:
            return self._depths() if self._depths else ()

        meter.create_observable_gauge(
            "kopf.queue.depth", [observe], "{event}", "Events that wait for their object."
        )

    def stop(self) -> None:
        """Observe nothing any more: an instrument cannot be taken back."""
        self._depths = None
