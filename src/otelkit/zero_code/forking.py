"""A fork waits for the collection of metrics under way, with the SDK's readers too.

As otelkit.export.periodic_reader, for providers that somebody else has made: all that a collection holds
is under two locks of the SDK (1.45.1), which are taken for the moment of the fork. Without that a forked
worker may hang at its first collection (https://github.com/open-telemetry/opentelemetry-python/issues/4345).
"""

import time
from threading import Lock
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from otelkit.export import fork


class CollectionGuard:
    """Holds the locks of a provider's collections during each fork, as long as it is kept."""

    def __init__(self, provider: MeterProvider) -> None:
        consumer: Any = provider._measurement_consumer  # noqa: SLF001 - no public way to its lock and readers
        self._locks: list[Lock] = [
            consumer._lock,  # noqa: SLF001 - as above
            *(
                reader._export_lock  # noqa: SLF001 - as above
                for reader in consumer._reader_storages  # noqa: SLF001 - as above
                if isinstance(reader, PeriodicExportingMetricReader)
            ),
        ]
        self._held: list[Lock] = []
        fork.watch(self)

    def hold_for_fork(self) -> None:
        """Nothing yet: a collection under way may wait for others that are held."""

    def rest_for_fork(self, deadline: float) -> None:
        """Wait until no collection is under way, by the monotonic deadline."""
        self._held = [
            lock for lock in self._locks if lock.acquire(timeout=max(0.0, deadline - time.monotonic()))
        ]

    def release_after_fork(self) -> None:
        """Go on, in the parent and in the child."""
        while self._held:
            self._held.pop().release()

    begin_anew_in_child = release_after_fork
