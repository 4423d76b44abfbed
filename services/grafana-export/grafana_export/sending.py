"""Whether everything left, and if not, what the exporters said about it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from otelkit import Telemetry
from otelkit.export import WaitingLogExporter, WaitingMetricExporter, WaitingSpanExporter

_EXPORTERS = (WaitingSpanExporter, WaitingMetricExporter, WaitingLogExporter)


class Sender:
    """Sends at once what the SDK has gathered; `troubles` are the exporters' words."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self.troubles: list[str] = []

    def send(self, seconds: float) -> bool:
        """Send everything; False when some of it was refused, or is not accepted in time."""
        flushed = self._telemetry.force_flush(seconds)
        exporters = self._telemetry.pipelines.exporters if self._telemetry.pipelines else ()
        lost = sum(exporter.drops.lost.total() for exporter in exporters if isinstance(exporter, _EXPORTERS))
        return flushed and not lost


@contextmanager
def sender_of(telemetry: Telemetry) -> Iterator[Sender]:
    """Listen to the exporters while something is sent."""
    sender, logger = Sender(telemetry), logging.getLogger("otelkit.export")

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            sender.troubles.append(record.getMessage())

    listener = Listener(logging.WARNING)
    logger.addHandler(listener)
    try:
        yield sender
    finally:
        logger.removeHandler(listener)
