"""A program that knows nothing of otelkit; opentelemetry-instrument gives it its exporters."""

import logging

from opentelemetry import metrics, trace

with trace.get_tracer("zero").start_as_current_span("zero-code"):
    metrics.get_meter("zero").create_counter("zero.orders").add(1)
    logging.getLogger("zero").warning("zero-code log")
