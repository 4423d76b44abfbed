"""`http.server.request.duration` and `http.server.active_requests`, one of each for a meter provider.

Decision: active requests are counted here and observed when metrics are collected: the sum that arrives
is the same as from a synchronous counter, and a request does not pay for two measurements.
Bucket boundaries are the advice of semantic conventions 1.44.
"""

from collections import Counter
from collections.abc import Iterable
from threading import Lock
from weakref import WeakKeyDictionary

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
from opentelemetry.semconv._incubating.metrics.http_metrics import HTTP_SERVER_ACTIVE_REQUESTS
from opentelemetry.semconv.attributes.http_attributes import HTTP_REQUEST_METHOD
from opentelemetry.semconv.attributes.url_attributes import URL_SCHEME
from opentelemetry.semconv.metrics.http_metrics import HTTP_SERVER_REQUEST_DURATION
from opentelemetry.semconv.schemas import Schemas

SCOPE = "otelkit.instrumentation.asgi"
SCHEMA_URL = Schemas.V1_44_0.value
BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

_made: "WeakKeyDictionary[MeterProvider, ServerMetrics]" = WeakKeyDictionary()
_making = Lock()


class ServerMetrics:
    """The instruments; `began` and `ended` may be called from several threads."""

    def __init__(self, provider: MeterProvider) -> None:
        meter = provider.get_meter(SCOPE, schema_url=SCHEMA_URL)
        self.duration = meter.create_histogram(
            HTTP_SERVER_REQUEST_DURATION,
            unit="s",
            description="Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=BUCKETS_SECONDS,
        )
        meter.create_observable_up_down_counter(
            HTTP_SERVER_ACTIVE_REQUESTS,
            [self._observe],
            unit="{request}",
            description="Number of active HTTP server requests.",
        )
        self._active: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def began(self, key: tuple[str, str]) -> None:
        """Count a request of (method, scheme)."""
        with self._lock:
            self._active[key] += 1

    def ended(self, key: tuple[str, str]) -> None:
        """Count it no more."""
        with self._lock:
            self._active[key] -= 1

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        with self._lock:
            active = list(self._active.items())
        return [
            Observation(count, {HTTP_REQUEST_METHOD: method, URL_SCHEME: scheme})
            for (method, scheme), count in active
        ]


def server_metrics(provider: MeterProvider | None) -> ServerMetrics:
    """Give the instruments of a provider, by default of the global one."""
    provider = provider or metrics.get_meter_provider()
    with _making:  # two observable counters of one name would each be reported
        if provider not in _made:
            _made[provider] = ServerMetrics(provider)
        return _made[provider]
