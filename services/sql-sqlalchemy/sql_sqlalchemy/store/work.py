"""The span around one unit of work.

A refusal (no such order, too little money) is an answer, so the span stays UNSET and names it in an
attribute. Anything else is an error, recorded here, where it leaves the unit of work, and nowhere above.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Span, StatusCode

from sql_sqlalchemy.store.errors import RefusedError


@contextmanager
def unit_of_work(name: str, **attributes: str | int) -> Iterator[Span]:
    """Start a span of that name; attributes are `shop.NAME` with underscores as dots."""
    named = {f"shop.{key.replace('_', '.')}": value for key, value in attributes.items()}
    tracer = trace.get_tracer(__name__)
    with tracer.start_as_current_span(
        name, attributes=named, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except RefusedError as refusal:
            span.set_attribute("shop.refusal", type(refusal).__name__)
            raise
        except Exception as error:
            span.set_attribute(ERROR_TYPE, type(error).__qualname__)
            span.record_exception(error)
            span.set_status(StatusCode.ERROR)
            raise
