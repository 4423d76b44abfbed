"""Quotes: one span, one log line and one measurement each, which all lead to each other.

The measurement and the line are made while the span is current: so the histogram gets an exemplar and the
line the ids of its span. Its work takes time in proportion to the quantity, which is what a profile shows.
"""

import logging
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from opentelemetry import metrics, trace

from grafana_export.profiles import Profiler

HISTOGRAM = "shop.quote.duration"
SERIES = "shop_quote_duration_seconds"  # what Prometheus and Mimir make of name and unit
GIVEN = "quote given"
CENTS = {"tea": 300, "coffee": 450, "cocoa": 380}
_PIECES_A_CENT_CHEAPER = 10
_log = logging.getLogger(__name__)


class UnknownItemError(LookupError):
    """The shop does not sell it."""


@dataclass(frozen=True)
class Quote:
    """What a quantity of one item costs."""

    id: str
    item: str
    quantity: int
    total_cents: int


class PriceList:
    """Gives quotes."""

    def __init__(self, profiler: Profiler) -> None:
        self._profiler = profiler
        self._tracer = trace.get_tracer(__name__)
        self._duration = metrics.get_meter(__name__).create_histogram(
            HISTOGRAM,
            unit="s",
            description="Time to price a quote.",
            explicit_bucket_boundaries_advisory=[0.0001, 0.001, 0.01, 0.1, 1, 10],
        )

    def quote(self, item: str, quantity: int, reference: str) -> Quote:
        """Price a quote; `reference` is the customer's. Raises UnknownItemError."""
        if item not in CENTS:
            raise UnknownItemError(f"the shop sells {', '.join(CENTS)}")
        with self._profiler.labelled(), self._tracer.start_as_current_span("price quote") as span:
            begun = perf_counter()
            quote = Quote(str(uuid4()), item, quantity, _total_cents(CENTS[item], quantity))
            self._duration.record(perf_counter() - begun, {"shop.item": item})
            said = {"shop.quote.id": quote.id, "shop.quote.reference": reference}
            span.set_attributes(said)
            _log.info(GIVEN, extra=said)
        return quote


def _total_cents(first_cents: int, quantity: int) -> int:
    """Each piece costs less than those before it, down to half of the first."""
    least = first_cents // 2
    return sum(max(least, first_cents - piece // _PIECES_A_CENT_CHEAPER) for piece in range(quantity))
