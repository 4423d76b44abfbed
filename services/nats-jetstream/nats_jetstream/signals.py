"""What the client reports by itself, as events and metrics: nothing of it may pass in silence.

An event is a log record with a name. Slow consumers are counted and told by the instrumentation.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from nats.aio.client import Client
from nats.errors import SlowConsumerError
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_SYSTEM
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.otel_attributes import OTEL_EVENT_NAME

_REFUSALS = ("authorization violation", "permissions violation")
_NATS = {MESSAGING_SYSTEM: "nats"}
_log = logging.getLogger(__name__)


class ClientSignals:
    """Callbacks for `Client.connect`; `refusal` is the server's last word on rights.

    Whoever has to begin anew when a connection is back adds himself to `on_return`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self.refused, self.refusal = asyncio.Event(), ""
        self.on_return: list[Callable[[], Awaitable[None]]] = []
        self.ending = False  # from here on, an end of the connection is what we asked for
        meter = metrics.get_meter(__name__)
        self._disconnections = meter.create_counter("messaging.nats.client.disconnections", "{disconnection}")
        self._reconnections = meter.create_counter("messaging.nats.client.reconnections", "{reconnection}")
        meter.create_observable_gauge("messaging.nats.client.buffered", [self._observe_buffer], "By")

    async def on_error(self, error: Exception) -> None:
        """Count and report what has no caller to be raised at."""
        if isinstance(error, SlowConsumerError):
            return
        if any(kind in str(error).lower() for kind in _REFUSALS):
            self.refusal = str(error).removeprefix("nats: ").strip("'")
            self.refused.set()
            self._event("nats.permission_denied", self.refusal)
        elif not self._client.is_connected:  # one for each attempt; the disconnection was reported
            _log.debug("NATS is away: %s", error)
        else:
            self._event("nats.error", f"NATS client: {error}", **{ERROR_TYPE: type(error).__qualname__})

    async def on_disconnected(self) -> None:
        """Report that what is published now is buffered."""
        if not self.ending:
            self._disconnections.add(1, _NATS)
            self._event("nats.disconnected", "NATS is away; what is published waits in the buffer")

    async def on_reconnected(self) -> None:
        """Report that the buffer was sent."""
        self._reconnections.add(1, _NATS)
        _log.info("NATS is back", extra={OTEL_EVENT_NAME: "nats.reconnected"})
        for begin_anew in self.on_return:
            await begin_anew()

    async def on_closed(self) -> None:
        """Report an end that nobody asked for: the client does not come back from it."""
        if not self.ending:
            self._event("nats.closed", "NATS closed the connection for good; this process needs a restart")

    def _observe_buffer(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._client.pending_data_size, _NATS)

    def _event(self, name: str, text: str, **attributes: str) -> None:
        _log.warning(text, extra={OTEL_EVENT_NAME: name, **attributes})
