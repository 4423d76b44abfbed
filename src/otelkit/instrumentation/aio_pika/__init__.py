"""Producer and consumer spans and messaging metrics for aio-pika, RabbitMQ in asyncio.

Follows semantic conventions 1.44, "RabbitMQ". A publish ends with the broker's confirm; each message that is
consumed, by callback or in a loop, is processed in its sender's trace. docs/rabbitmq.md tells which operation
makes which span, what can be set, and what upstream does otherwise.
"""

from collections.abc import Callable, Collection
from typing import Any

from aio_pika import Exchange, Queue
from aio_pika import queue as queues
from aio_pika.patterns import RPC
from aio_pika.queue import QueueIterator
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from otelkit.instrumentation.aio_pika.brokers import Active, Broker
from otelkit.instrumentation.aio_pika.consuming import traced_consume
from otelkit.instrumentation.aio_pika.getting import traced_get
from otelkit.instrumentation.aio_pika.loops import traced_loop, traced_queue_loop
from otelkit.instrumentation.aio_pika.messages import ReceivedMessage
from otelkit.instrumentation.aio_pika.processing import processing, processing_all
from otelkit.instrumentation.aio_pika.publishing import traced_publish
from otelkit.instrumentation.aio_pika.rpc import noting, traced_call
from otelkit.instrumentation.aio_pika.unprocessing import unprocessed
from otelkit.instrumentation.messaging import Settings, Telemetry, read_settings

__all__ = ["AioPikaInstrumentor", "processing", "processing_all", "unprocessed"]

PREFIX = "OTELKIT_AIO_PIKA_"
_METHODS: tuple[tuple[type, str, Callable[[Any, Broker], Any]], ...] = (
    (Exchange, "publish", traced_publish),
    (Queue, "consume", traced_consume),
    (Queue, "get", traced_get),
    (Queue, "__aiter__", traced_queue_loop),
    (QueueIterator, "__aiter__", traced_loop),
    (RPC, "call", traced_call),
    (RPC, "execute", noting),
    (RPC, "deserialize_message", noting),
)


class AioPikaInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Instruments every connection, channel and queue, those that exist already too.

    A callback that consumes already is not seen. Not together with upstream's: each would make a span. Under
    `opentelemetry-instrument` with both installed, set OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=aio-pika, which
    is upstream's name.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of aio-pika that this works with; others are refused, with a log line."""
        return ("aio-pika >= 10.2, < 11",)

    def _instrument(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        **settings: Any,
    ) -> None:
        chosen = read_settings(Settings, PREFIX, settings)
        self._before = Active.broker
        self._broker = Active.broker = Broker(Telemetry(__name__, chosen, tracer_provider, meter_provider))
        self._originals: list[tuple[Any, str, Any]] = []
        self._replace(queues, "IncomingMessage", ReceivedMessage)  # what consumers and get() make
        for owner, name, traced in _METHODS:
            self._replace(owner, name, traced(getattr(owner, name), self._broker))

    def _replace(self, owner: Any, name: str, by: Any) -> None:
        self._originals.append((owner, name, getattr(owner, name)))
        setattr(owner, name, by)

    def _uninstrument(self, **_: Any) -> None:
        self._broker.telemetry.active = False
        if Active.broker is self._broker:
            Active.broker = self._before  # a probe's instrumentation comes and goes beside the process's
        for owner, name, original in self._originals:
            setattr(owner, name, original)
