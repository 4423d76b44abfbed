"""What the three exporters share: queue what is encoded, answer at once; drain at the end.

The specification lets an exporter's Export block for its timeout; this one never waits for
the network, so that an outage fills a queue bounded in bytes here instead of one bounded in
items in the SDK's batch processor, which drops what is over.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from threading import Lock

from opentelemetry.metrics import MeterProvider

from otelkit.export import fork
from otelkit.export.byte_queue import Batching, ByteQueue
from otelkit.export.courier import Courier
from otelkit.export.destination import Destination
from otelkit.export.drops import Drops
from otelkit.export.packing import pack, pack_directly
from otelkit.export.payload import Item, Loose, Payload, encode_loose
from otelkit.export.resting import Resting
from otelkit.export.sender import make_sender
from otelkit.export.settings import read_destination, read_encodes_directly, read_queue_bytes
from otelkit.signals import Signal

SHUTDOWN_TIMEOUT_SECONDS = 8.0
FLUSH_TIMEOUT_MILLIS = 30_000

_log = logging.getLogger(__name__)
# A child never frees what it inherits of a connection: the last reference going would run the
# clean-up of threads and sockets that only the parent has.
_inherited: list[object] = []


class Waiting(Resting):
    """One signal's queue, courier and counts. `shutdown_timeout_seconds` may be set later."""

    signal: Signal

    def __init__(
        self,
        *,
        queue_bytes: int | None = None,
        destination: Destination | None = None,
        meter_provider: MeterProvider | None = None,
        shutdown_timeout_seconds: float = SHUTDOWN_TIMEOUT_SECONDS,
    ) -> None:
        self.destination = destination or read_destination(self.signal)
        self.shutdown_timeout_seconds = shutdown_timeout_seconds
        self._queue_bytes = queue_bytes or read_queue_bytes()
        self.encodes_directly = read_encodes_directly()
        self.batching = Batching()
        self.drops = Drops(self.destination, lambda: self._courier.queue.waiting_items, meter_provider)
        self._shut = False
        self._begin()
        fork.watch(self)

    @property
    def queue(self) -> ByteQueue:
        """What waits, in bytes and in items."""
        return self._courier.queue

    def gather(self, batching: Batching) -> None:
        """Let single items wait for others, as a batch processor does; by default they leave at once."""
        self.batching = batching
        self._courier.queue.batching = batching

    def offer_item(self, item: Item, encode: Callable[[Item], bytes]) -> bool:
        """Encode and queue one item; False when it was lost. Never raises, never waits for the network."""
        try:
            loose = encode_loose(item, encode)
        except Exception as error:  # noqa: BLE001 - a defect here must not reach the application
            self.drops.drop(1, "encoding", f"{type(error).__name__}: {error}")
            return False
        return self.offer_loose(loose)

    def offer_loose(self, loose: Loose) -> bool:
        """Queue one encoded item, as `offer_item` does."""
        try:
            if self._process_id != os.getpid():
                self.begin_anew_in_child()  # a fork by C code that ran no Python handlers
            why, detail = self._courier.take_item(loose), ""
        except Exception as error:  # noqa: BLE001 - a defect here must not reach the application
            why, detail = "encoding", f"{type(error).__name__}: {error}"
        if why is not None:
            self.drops.drop(1, why, detail)
        return why is None

    def offer_payloads(self, payloads: Sequence[Payload], lost_items: int, reason: str) -> bool:
        """Queue encoded requests, and count what was lost while they were made; False when any of it was."""
        if lost_items:
            self.drops.drop(lost_items, "encoding", reason)
        refused = [(payload, why) for payload in payloads if (why := self._courier.take(payload))]
        for payload, why in refused:
            self.drops.drop(payload.items, why)
        return not lost_items and not refused

    def offer(
        self,
        items: Sequence[Item],
        encode: Callable[[Item], bytes],
        encode_by_sdk: Callable[[Sequence[Item]], bytes],
    ) -> bool:
        """Encode and queue a batch, as `offer_item` does one item."""
        try:
            if self._process_id != os.getpid():
                self.begin_anew_in_child()
            packed = pack_directly(items, encode) if self.encodes_directly else pack(items, encode_by_sdk)
            return self.offer_payloads(*packed)
        except Exception:  # noqa: BLE001 - a defect here must not reach the application
            _log.exception("%d %s items could not be queued", len(items), self.destination.signal)
            return False

    def force_flush(self, timeout_millis: float = FLUSH_TIMEOUT_MILLIS) -> bool:
        """Wait until what was queued is accepted or refused; False when the time is over before."""
        return self._courier.flush(time.monotonic() + timeout_millis / 1000)

    def shutdown(self, timeout_millis: float | None = None) -> None:
        """Deliver what waits, for at most `shutdown_timeout_seconds`; count and log what is left."""
        with self._lock:
            if self._shut:
                return
            self._shut = True
        seconds = self.shutdown_timeout_seconds
        if timeout_millis is not None:
            seconds = min(seconds, timeout_millis / 1000)
        if left := self._courier.stop(time.monotonic() + seconds):
            self.drops.drop(left, "shutdown", f"not accepted within {seconds:.1f} s")

    def begin_anew_in_child(self) -> None:
        """Leave everything that waits to the parent."""
        self._courier.sender.forget_inherited()
        _inherited.append(self._courier.sender)
        self.drops.forget_inherited()
        self._begin()
        if self._shut:
            self._courier.stop(time.monotonic())

    def _begin(self) -> None:
        self._process_id = os.getpid()
        self._lock = Lock()
        self._courier = Courier(
            make_sender(self.destination), ByteQueue(self._queue_bytes, self.batching), self.drops
        )
