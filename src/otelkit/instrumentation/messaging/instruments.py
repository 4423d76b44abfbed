"""The instruments of one meter provider and scope: two histograms, and two counters that cost an addition.

A counter of the SDK's takes several microseconds for each message. These are asked for their counts when
metrics are collected; on the wire they are the sums that the conventions name. A second observable of the
same name would never be asked, so instruments are shared by all who name the same provider.
"""

from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from opentelemetry.metrics import (
    CallbackOptions,
    Meter,
    MeterProvider,
    Observation,
    get_meter,
    get_meter_provider,
)
from opentelemetry.semconv._incubating.metrics.messaging_metrics import (
    MESSAGING_CLIENT_CONSUMED_MESSAGES,
    MESSAGING_CLIENT_OPERATION_DURATION,
    MESSAGING_CLIENT_SENT_MESSAGES,
    MESSAGING_PROCESS_DURATION,
)
from opentelemetry.semconv.schemas import Schemas

from otelkit.instrumentation.gathered import Gathered

SCHEMA = Schemas.V1_44_0.value
BOUNDARIES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
MOST_SETS = 2000  # of attributes, as the specification has it
OVERFLOW = {"otel.metric.overflow": True}
Attributes = Mapping[str, str | int | bool]


class Tally:
    """One count; only the event loop's thread adds."""

    __slots__ = ("attributes", "count")

    def __init__(self, attributes: Attributes) -> None:
        self.attributes, self.count = dict(attributes), 0


class Tallies:
    """Counts by their attributes; beyond MOST_SETS all are one, which says so."""

    def __init__(self) -> None:
        self._tallies: dict[frozenset[tuple[str, object]], Tally] = {}

    def of(self, attributes: Attributes) -> Tally:
        """Give the count of these attributes; beyond the limit that of the rest, whose attributes say so."""
        if len(self._tallies) >= MOST_SETS:
            attributes = self._tallies.get(_key(attributes), Tally(OVERFLOW)).attributes
        return self._tallies.setdefault(_key(attributes), Tally(attributes))

    def observe(self, _: CallbackOptions) -> Iterable[Observation]:
        """Give every count that is not zero."""
        return [
            Observation(tally.count, tally.attributes) for tally in [*self._tallies.values()] if tally.count
        ]


def _key(attributes: Attributes) -> frozenset[tuple[str, object]]:
    return frozenset(attributes.items())


class Instruments:
    """`messaging.client.operation.duration`, `messaging.process.duration` and the counts of messages."""

    def __init__(self, scope: str, provider: MeterProvider) -> None:
        meter = get_meter(scope, meter_provider=provider, schema_url=SCHEMA)
        text = "Duration of messaging operation initiated by a client."
        self.operation = _seconds(meter, MESSAGING_CLIENT_OPERATION_DURATION, text)
        self.process = _seconds(meter, MESSAGING_PROCESS_DURATION, "Duration of processing operation.")
        self._meter, self._tallies = meter, dict[str, Tallies]()
        self.sent = self.tallies(
            MESSAGING_CLIENT_SENT_MESSAGES, "Number of messages producer attempted to send to the broker."
        )
        self.consumed = self.tallies(
            MESSAGING_CLIENT_CONSUMED_MESSAGES, "Number of messages that were delivered to the application."
        )

    def tallies(self, name: str, description: str) -> Tallies:
        """Give the counts of messages under a name; the counter is made once."""
        if name not in self._tallies:
            counts = self._tallies[name] = Tallies()
            callbacks = [self._hand_over, counts.observe]
            self._meter.create_observable_counter(name, callbacks, "{message}", description)
        return self._tallies[name]

    def _hand_over(self, _: CallbackOptions) -> Iterable[Observation]:
        # Callbacks are asked before histograms are collected: each duration is in its interval.
        self.operation.hand_over()
        self.process.hand_over()
        return ()


def _seconds(meter: Meter, name: str, description: str) -> Gathered:
    histogram = meter.create_histogram(
        name, "s", description, explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
    )
    return Gathered(histogram)


_OF_PROVIDERS: WeakKeyDictionary[MeterProvider, dict[str, Instruments]] = WeakKeyDictionary()


def instruments_of(scope: str, provider: MeterProvider | None) -> Instruments:
    """Give the instruments of a scope and a meter provider, by default the global one."""
    provider = provider or get_meter_provider()
    of_scopes = _OF_PROVIDERS.setdefault(provider, {})
    if scope not in of_scopes:
        of_scopes[scope] = Instruments(scope, provider)
    return of_scopes[scope]
