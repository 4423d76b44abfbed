"""Messages that the server gave up on become dead letters: nothing is lost, and whoever looks sees why.

A stream keeps the server's advisories, so none is lost while nobody listens. Listeners share its consumer,
and what one of them does twice the stream of dead letters takes once. One OpenTelemetry decision: a dead
letter continues the trace of its message, and not that of the advisory, which has none.
"""

import logging

from nats.aio.msg import Msg
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError
from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.otel_attributes import OTEL_EVENT_NAME
from opentelemetry.trace import Span
from pydantic import ValidationError

from nats_jetstream.errors import BrokerError, translated
from nats_jetstream.failures import Failures
from nats_jetstream.letters import headers_of, headers_of_letter, reason_of
from nats_jetstream.shapes import Advisory
from nats_jetstream.topology import DEAD
from otelkit.instrumentation.messaging.carriers import extract

_PAUSE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Burial:
    """Called with each advisory; what fails comes again until it succeeds."""

    def __init__(self, jetstream: JetStreamContext, failures: Failures) -> None:
        self._jetstream, self._failures = jetstream, failures
        self._tracer = trace.get_tracer(__name__)
        self._letters = metrics.get_meter(__name__).create_counter("shop.dead_letters", "{message}")

    async def __call__(self, message: Msg) -> None:
        """Bury the message that an advisory is about."""
        try:
            await self._bury(Advisory.model_validate_json(message.data))
        except ValidationError:
            _log.warning("what came as an advisory is none")
            await message.term()
        except (BrokerError, Error) as error:
            _log.warning("no dead letter yet: %s", error)
            await message.nak(_PAUSE_SECONDS)
        else:
            await message.ack()

    async def _bury(self, advisory: Advisory) -> None:
        with translated(f"message {advisory.stream_seq} of {advisory.stream}"):
            try:
                original = await self._jetstream.get_msg(advisory.stream, advisory.stream_seq)
            except NotFoundError:  # removed by hand, or a week old
                _log.error("message is gone", extra={"shop.dead.sequence": advisory.stream_seq})
                return
        with self._tracer.start_as_current_span("bury message", extract(headers_of(original))) as span:
            failure = await self._failures.of(advisory.stream, advisory.consumer, advisory.stream_seq)
            error_type = failure.error_type if failure else "_OTHER"  # nobody lived to note it
            await self._write(advisory, original, error_type, span)

    async def _write(self, advisory: Advisory, original: RawStreamMsg, error_type: str, span: Span) -> None:
        kind: dict[str, str | int] = {"shop.dead.reason": reason_of(advisory), ERROR_TYPE: error_type}
        place = {"shop.dead.sequence": advisory.stream_seq, "shop.dead.deliveries": advisory.deliveries}
        said = {**kind, **place}
        span.set_attributes(said)
        subject, data = f"{DEAD}.{original.subject}", original.data or b""
        with translated(f"dead letter {subject}"):
            headers = headers_of_letter(advisory, original, error_type)
            await self._jetstream.publish(subject, data, headers=headers)
        self._letters.add(1, kind)
        _log.error("message is dead", extra={OTEL_EVENT_NAME: "shop.dead_letter", **said})
