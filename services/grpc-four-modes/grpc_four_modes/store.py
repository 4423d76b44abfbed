"""The shop's stock, in memory: one lock, so that asyncio and threads may share it.

One OpenTelemetry decision: a span of its own where stock is taken; adjustments, of which thousands come in a
stream, get a counter instead. Watchers are told that something changed, not what: a slow one sees the latest
level, and nothing is kept for it.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from uuid import uuid4

from opentelemetry import metrics, trace

from grpc_four_modes.generated.stock_pb2 import Reservation
from grpc_four_modes.refusals import InvalidRequest, NoRoom, OutOfStock, UnknownItem

MOST_OF_AN_ITEM = 1_000_000_000
MOST_ANSWERS = 10_000  # remembered for callers that try again
INITIAL = {"tea": 100, "lamp": 10, "chair": 4}


class Store:
    """Levels of at most `max_items` items."""

    def __init__(self, max_items: int) -> None:
        self._tracer = trace.get_tracer(__name__)
        self._changes = metrics.get_meter(__name__).create_counter("shop.stock.changes", "{change}")
        self._max_items = max_items
        self._lock = Lock()
        self._levels = dict(INITIAL)
        self._answers: OrderedDict[str, Reservation] = OrderedDict()
        self._watchers: dict[str, list[Callable[[], object]]] = {}
        self.closing = False

    def level(self, item: str) -> int:
        """How much there is of an item. Raises UnknownItem."""
        with self._lock:
            return self._level(item)

    def answer_to(self, request_id: str) -> Reservation | None:
        """What this request was answered before."""
        with self._lock:
            return self._answers.get(request_id)

    def reserve(self, request_id: str, item: str, quantity: int, supplied: int) -> Reservation:
        """Take `quantity` after the warehouse supplied some. Raises OutOfStock, UnknownItem."""
        with self._tracer.start_as_current_span("take stock"), self._lock:
            if known := self._answers.get(request_id):
                return known
            level = self._level(item) + supplied
            if level < quantity:
                raise OutOfStock(item, level)
            self._set(item, level - quantity)
            answer = Reservation(reservation_id=uuid4().hex, left=level - quantity, supplied=supplied)
            self._answers[request_id] = answer
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
            return answer

    def adjust(self, item: str, change: int) -> None:
        """Add to an item, or take away; a new item may come. Raises InvalidRequest, NoRoom."""
        with self._lock:
            if item not in self._levels and len(self._levels) >= self._max_items:
                raise NoRoom(self._max_items)
            level = self._levels.get(item, 0) + change
            if not 0 <= level <= MOST_OF_AN_ITEM:
                raise InvalidRequest("change", f"would make the level {level}")
            self._set(item, level)

    @contextmanager
    def watching(self, item: str, notify: Callable[[], object]) -> Iterator[None]:
        """Within the block `notify` is called, in any thread, when the item changes or the store closes."""
        with self._lock:
            self._watchers.setdefault(item, []).append(notify)
        try:
            yield
        finally:
            with self._lock:
                self._watchers[item].remove(notify)
                if not self._watchers[item]:
                    del self._watchers[item]

    def close(self) -> None:
        """Tell every watcher that the service is about to end."""
        with self._lock:
            self.closing = True
            for watchers in self._watchers.values():
                for notify in watchers:
                    notify()

    def _level(self, item: str) -> int:
        if item not in self._levels:
            raise UnknownItem(item)
        return self._levels[item]

    def _set(self, item: str, level: int) -> None:
        self._levels[item] = level
        self._changes.add(1)
        for notify in self._watchers.get(item, ()):
            notify()
