"""Orders into the stream: acknowledged, and taken once for each order however often they are published.

The order's id is the message's id, by which the server knows a repetition. So whoever does not know whether
an order arrived publishes it again, here as long as there is time and over HTTP as often as he likes.
"""

from nats.js import JetStreamContext
from nats.js.api import Header

from nats_jetstream.errors import TooLargeError, translated
from nats_jetstream.shapes import Order
from nats_jetstream.topology import ORDERS, PLACED

_HEADERS_BYTES = 8192  # ours and those of telemetry; the server counts them, the client does not


class Publisher:
    """Publishes orders within `patience_seconds`, which an outage of the broker may use up."""

    def __init__(self, jetstream: JetStreamContext, max_payload_bytes: int, patience_seconds: float) -> None:
        self._jetstream = jetstream
        self._most_bytes = max_payload_bytes - _HEADERS_BYTES
        self._patience_seconds = patience_seconds

    async def place(self, order: Order) -> bool:
        """Publish an order; True when it was there already.

        Raises:
            UnavailableError: it is not known whether the order arrived; the same id may be tried again.
            FullError: the stream takes no more.
            TooLargeError: it is larger than the broker takes.
        """
        payload = order.model_dump_json().encode()
        if len(payload) > self._most_bytes:  # the server would close the connection, for good
            raise TooLargeError(f"the order has {len(payload)} bytes, the broker takes {self._most_bytes}")
        with translated(f"order {order.id}"):
            acknowledged = await self._jetstream.publish(
                PLACED,
                payload,
                timeout=self._patience_seconds,
                stream=ORDERS,
                headers={Header.MSG_ID.value: str(order.id)},
            )
        return bool(acknowledged.duplicate)
