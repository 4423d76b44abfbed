"""How many events wait: kopf has one queue an object, in a dictionary that it hands to each worker."""

from collections import Counter
from collections.abc import Iterable
from functools import wraps
from typing import Any

from opentelemetry.metrics import Observation

from otelkit.instrumentation.kopf.describing import GROUP, PLURAL


class Queues:
    """Knows the dictionaries for as long as a worker of theirs runs."""

    def __init__(self) -> None:
        self._streams: dict[int, tuple[Any, int]] = {}

    def watch(self, worker: Any) -> Any:
        """Wrap kopf's worker."""

        @wraps(worker)
        async def watched(*, streams: Any, **more: Any) -> None:
            key = id(streams)
            self._streams[key] = (streams, self._streams.get(key, (streams, 0))[1] + 1)
            try:
                await worker(streams=streams, **more)
            finally:
                users = self._streams[key][1] - 1
                if users:
                    self._streams[key] = (streams, users)
                else:
                    del self._streams[key]

        return watched

    def depths(self) -> Iterable[Observation]:
        """Observe each resource's sum."""
        waiting: Counter[tuple[str, str]] = Counter()
        for streams, _ in list(self._streams.values()):
            for (resource, _uid), stream in list(streams.items()):
                waiting[resource.group, resource.plural] += stream.backlog.qsize()
        return [
            Observation(count, {GROUP: group, PLURAL: plural}) for (group, plural), count in waiting.items()
        ]
