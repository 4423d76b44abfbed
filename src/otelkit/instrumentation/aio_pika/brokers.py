"""What one `instrument()` records with, and the plans of what is sent and of the queues that are read."""

from functools import partial
from typing import Any

from aio_pika import Queue
from opentelemetry.context import Context
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MessagingOperationTypeValues
from yarl import URL

from otelkit.instrumentation.aio_pika.deliveries import describe
from otelkit.instrumentation.aio_pika.destinations import Namer, details_of, server_of
from otelkit.instrumentation.messaging import Operation, Plan, Plans, Telemetry

PROCESS, GET = "process", "get"
_TYPES = {PROCESS: MessagingOperationTypeValues.PROCESS, GET: MessagingOperationTypeValues.RECEIVE}
_MOST_SOURCES = 1000
Key = tuple[str | None, str | None]  # exchange and routing key


class Broker:
    """Plans by URL, exchange and routing key; sources by URL and queue."""

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self.namer = Namer(telemetry.settings.templates)
        self.publishes: Plans[tuple[URL, str, str]] = Plans(self._plan_publish)
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

    def _plan_publish(self, key: tuple[URL, str, str]) -> Plan:
        url, exchange, routing_key = key
        return self.telemetry.plan(
            "publish",
            MessagingOperationTypeValues.SEND,
            self.namer.compose(exchange, routing_key),
            server_of(url),
            details_of(routing_key, None if exchange else routing_key),
        )


class Source:
    """A queue that messages come from: plans of each operation, by exchange and routing key."""

    def __init__(self, broker: Broker, url: URL | None, queue: str) -> None:
        self.telemetry = broker.telemetry
        self._namer, self._queue = broker.namer, queue
        self._server = server_of(url or URL())
        self._plans: dict[str, Plans[Key]] = {}
        self.processes = self.plans(PROCESS)

    def plans(self, operation: str) -> Plans[Key]:
        """Give the plans of an operation: `process`, `get`, or a way to settle."""
        if operation not in self._plans:
            self._plans[operation] = Plans(partial(self._plan, operation))
        return self._plans[operation]

    def begin_process(self, message: Any, around: Context | None = None) -> Operation:
        """Begin to process one message, and count it."""
        plan = self.processes[message.exchange, message.routing_key]
        plan.tally.count += 1
        return self.telemetry.begin_process(plan, message.headers, describe(message), around)

    def _plan(self, operation: str, key: Key) -> Plan:
        exchange, routing_key = key
        return self.telemetry.plan(
            operation,
            _TYPES.get(operation, MessagingOperationTypeValues.SETTLE),
            self._namer.compose(exchange, routing_key, self._queue),
            self._server,
            details_of(routing_key, self._queue),
        )


def url_of(part: Any) -> URL:
    """Give the address of the broker that a queue or an exchange is on."""
    url: URL = part.channel._connection.url  # noqa: SLF001 - channels know their connection, and tell nobody
    return url
