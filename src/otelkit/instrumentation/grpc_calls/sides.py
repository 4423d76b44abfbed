"""Client and server: what starts a call's span, and which calls get none."""

from collections.abc import Sequence
from time import time_ns

from opentelemetry import baggage
from opentelemetry.context import Context, get_current
from opentelemetry.instrumentation.utils import is_instrumentation_enabled
from opentelemetry.metrics import get_meter
from opentelemetry.semconv._incubating.metrics.rpc_metrics import (
    RPC_CLIENT_CALL_DURATION,
    RPC_SERVER_CALL_DURATION,
)
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind, get_tracer, set_span_in_context

from otelkit.instrumentation.baggage_hosts import BaggageHosts
from otelkit.instrumentation.grpc_calls.calls import Call
from otelkit.instrumentation.grpc_calls.metadata import Metadata, carries_context, extract, inject
from otelkit.instrumentation.grpc_calls.options import Options
from otelkit.instrumentation.grpc_calls.routes import Route, client_route, server_route
from otelkit.instrumentation.idle import Idleness

BOUNDARIES_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_MOST_ROUTES = 1000  # methods are the program's own; a proxy's are not


class _Side:
    kind: SpanKind
    metric: str
    description: str

    def __init__(self, scope: str, options: Options) -> None:
        schema = Schemas.V1_44_0.value
        self._tracer = get_tracer(scope, tracer_provider=options.tracer_provider, schema_url=schema)
        meter = get_meter(scope, meter_provider=options.meter_provider, schema_url=schema)
        self._duration = meter.create_histogram(
            self.metric, "s", self.description, explicit_bucket_boundaries_advisory=BOUNDARIES_SECONDS
        )
        self._excluded = options.excluded_beginnings()
        self.message_events = options.wants_message_events()
        self.active = True
        self.is_idle = Idleness(self._tracer, self._duration)  # says whether there is anybody to tell

    def excludes(self, method: str) -> bool:
        """Whether `/package.Service/Method` gets no telemetry; none gets any after uninstrumenting."""
        return not self.active or method.startswith(self._excluded, 1)

    def stop(self) -> None:
        """Begin no more calls; those under way end as they would have."""
        self.active = False

    def _begin(self, route: Route, parent: Context) -> Call:
        start = time_ns()
        span = self._tracer.start_span(route.name, parent, self.kind, route.attributes, start_time=start)
        return Call(route, span, set_span_in_context(span, parent), self._duration, start)


class ClientSide(_Side):
    """Starts a CLIENT span for each call."""

    kind = SpanKind.CLIENT
    metric = RPC_CLIENT_CALL_DURATION
    description = "Measures the duration of an outgoing Remote Procedure Call (RPC)."

    def __init__(self, scope: str, options: Options) -> None:
        super().__init__(scope, options)
        self._hosts = BaggageHosts(options.baggage_hosts)
        self._routes: dict[tuple[bytes, bytes], Route | None] = {}

    def begin(self, method: bytes, target: bytes) -> Call | None:
        """Begin a call in the current context; None for one that gets no telemetry."""
        parent = get_current()
        if not parent and self.is_idle():  # nothing to say and nothing to pass on
            return None
        try:
            route = self._routes[method, target]
        except KeyError:
            route = self._learn(method, target)
        if route is None or not is_instrumentation_enabled():
            return None
        return self._begin(route, parent)

    def metadata_of(self, call: Call, metadata: Metadata | None) -> tuple[tuple[str, str | bytes], ...]:
        """The application's metadata with the context of `call`; baggage only for hosts that may see it."""
        context = call.context
        if baggage.get_all(context) and not all(map(self._hosts.allow, call.route.hosts)):
            context = baggage.clear(context)
        return inject(metadata, context)

    def _learn(self, method: bytes, target: bytes) -> Route | None:
        name = method.decode()
        route = None if self.excludes(name) else client_route(name, target.decode())
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()
        self._routes[method, target] = route
        return route


class ServerSide(_Side):
    """Starts a SERVER span for each call, continuing the caller's trace."""

    kind = SpanKind.SERVER
    metric = RPC_SERVER_CALL_DURATION
    description = "Measures the duration of an incoming Remote Procedure Call (RPC)."

    def __init__(self, scope: str, options: Options) -> None:
        super().__init__(scope, options)
        self._routes: dict[str, Route] = {}

    def begin(self, method: str, metadata: Sequence[tuple[str, str | bytes]] | None) -> Call | None:
        """Begin a call that came with this metadata; None for one that gets no telemetry."""
        if (self.is_idle() and not carries_context(metadata)) or self.excludes(method):
            return None
        parent = extract(metadata, Context())  # not the one that the server was started in
        return self._begin(self._routes.get(method) or server_route(method), parent)

    def remember(self, method: str, call: Call) -> None:
        """Keep the route of a method that turned out to be there."""
        if method not in self._routes and len(self._routes) < _MOST_ROUTES:
            self._routes[method] = call.route
