"""Why deliveries failed: the server's advisory says that it gives up on a message, but not why.

One note for each message, of its latest failure, in a key-value bucket whose notes go after a week.
"""

from nats.aio.msg import Msg
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from nats_jetstream.errors import translated
from nats_jetstream.shapes import Failure


class Failures:
    """Written by workers, read by who makes dead letters. Methods raise BrokerError."""

    def __init__(self, bucket: KeyValue) -> None:
        self._bucket = bucket

    async def note(self, metadata: Msg.Metadata, failure: Failure) -> None:
        """Keep why this delivery failed."""
        key = _key(metadata.stream, metadata.consumer, metadata.sequence.stream)
        with translated("note of a failure"):
            await self._bucket.put(key, failure.model_dump_json().encode())

    async def of(self, stream: str, consumer: str, sequence: int) -> Failure | None:
        """Give the latest failure of a message, if anybody lived to note it."""
        with translated("note of a failure"):
            try:
                entry = await self._bucket.get(_key(stream, consumer, sequence))
            except KeyNotFoundError:
                return None
        return Failure.model_validate_json(entry.value or b"")


def _key(stream: str, consumer: str, sequence: int) -> str:
    return f"{stream}.{consumer}.{sequence}"
