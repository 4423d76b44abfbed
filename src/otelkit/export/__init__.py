"""Export that waits: OTLP exporters that offer a batch until it is accepted or refused for good.

The specification's retry is bounded, so a Collector that is away longer than a few seconds
costs data; here only the queue's bound, in bytes, and the end of the process do, and both are
counted. See `settings` for the variables, `courier` for the retries, `fork` for pre-forked
servers.
"""

from otelkit.export.destination import Destination, Protocol
from otelkit.export.exporters import WaitingLogExporter, WaitingSpanExporter
from otelkit.export.metric_exporter import WaitingMetricExporter
from otelkit.export.periodic_reader import PeriodicReader
from otelkit.export.processors import DirectLogProcessor, DirectSpanProcessor
from otelkit.export.settings import read_destination, read_encodes_directly, read_queue_bytes

__all__ = [
    "Destination",
    "DirectLogProcessor",
    "DirectSpanProcessor",
    "PeriodicReader",
    "Protocol",
    "WaitingLogExporter",
    "WaitingMetricExporter",
    "WaitingSpanExporter",
    "read_destination",
    "read_encodes_directly",
    "read_queue_bytes",
]
