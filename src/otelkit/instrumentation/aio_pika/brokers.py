"""What one `instrument()` records with, and the plans of what is sent and of the queues that are read."""

from functools import partial
from typing import Any

from aio_pika import Queue
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues
from opentelemetry.trace import SpanKind
from yarl import URL

from otelkit.instrumentation.aio_pika.destinations import DEFAULT, Namer, details_of, server_of
from otelkit.instrumentation.messaging import Plan, Plans, Telemetry

PROCESS, GET = "process", "get"
_TYPES = {PROCESS: MessagingOperationTypeValues.PROCESS, GET: MessagingOperationTypeValues.RECEIVE}
_MOST_SOURCES = 1000
Route = tuple[URL | None, str, str]  # to an exchange with a routing key
Key = tuple[str | None, str | None]  # exchange and routing key


class Broker:
    """Plans by URL, exchange and routing key; sources by URL and queue."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.namer = Namer(telemetry.settings.templates)
        self.publishes: Plans[Route] = Plans(partial(self._plan_send, "publish"))
        self.calls: Plans[Route] = Plans(self._plan_call)
        self._sources: dict[tuple[URL | None, str], Source] = {}

    def source_of(self, queue: Queue) -> "Source":
        """Give what is kept of a queue that was declared."""
        return self.source(url_of(queue), queue.name)

    def source(self, url: URL | None, queue: str) -> "Source":
        """Give what is kept of a queue by its name; an empty one when nobody knows it."""
        found = self._sources.get((url, queue))
        if found is None:
            if len(self._sources) >= _MOST_SOURCES:
                self._sources.clear()
            found = self._sources[url, queue] = Source(self, url, queue)
        return found

    def _plan_send(self, operation: str, route: Route) -> Plan:
        url, exchange, routing_key = route
        return self.telemetry.plan(
            operation,
            MessagingOperationTypeValues.SEND,
            self.namer.compose(exchange, routing_key, default=DEFAULT),
            server_of(url),
            details_of(routing_key, None if exchange else routing_key),
        )

    def _plan_call(self, route: Route) -> Plan:
        plan = self._plan_send("call", route)
        plan.kind = SpanKind.CLIENT  # it lasts until the answer
        return plan


class Active:
    """The broker of the process, between `instrument()` and `uninstrument()`."""

    broker: Broker | None = None


class Source:
    """A queue that messages come from: plans of each operation, by exchange and routing key."""

    def __init__(self, broker: Broker, url: URL | None, queue: str) -> None:
        self.telemetry = broker.telemetry
        self.key, self._namer, self._queue = (url, queue), broker.namer, queue
        self._server = server_of(url)
        self._plans: dict[str, Plans[Key]] = {}
        self.processes = self.plans(PROCESS)

    def renewed(self) -> "Source":
        """Give what takes its place after another `instrument()`, else itself."""
        broker = Active.broker
        return self if self.telemetry.active or broker is None else broker.source(*self.key)

    def plans(self, operation: str) -> Plans[Key]:
        """Give the plans of an operation: `process`, `get`, or a way to settle."""
        if operation not in self._plans:
            self._plans[operation] = Plans(partial(self._plan, operation))
        return self._plans[operation]

    def _plan(self, operation: str, key: Key) -> Plan:
        exchange, routing_key = key
        return self.telemetry.plan(
            operation,
            _TYPES.get(operation, MessagingOperationTypeValues.SETTLE),
            self._namer.compose(exchange, routing_key, self._queue),
            self._server,
            details_of(routing_key, self._queue),
        )


def url_of(part: Any) -> URL | None:
    """Give the address of the broker that a queue or an exchange is on, if aio-pika made its channel."""
    connection = getattr(getattr(part, "channel", None), "_connection", None)  # channels tell nobody
    return getattr(connection, "url", None)


def host_of(url: URL | None) -> str:
    """Give the host, which has to be allowed baggage."""
    return (url.host or "") if url is not None else ""
