"""One order, sent as a traced client sends it: a CLIENT span around it, exported like any other.

Without that span the trace in the backend would have a parent that nobody ever sent.
HTTP client spans of semantic conventions 1.44: the span's name is the method, since no template is known.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from opentelemetry import propagate
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Tracer

from deploy.local.errors import StackError
from deploy.local.part import Part
from otelkit.export import WaitingSpanExporter, read_destination
from otelkit.signals import Signal

ORDER = {"item": "lamp", "quantity": 2}


def send_order(service: Part) -> tuple[int, str]:
    """Order a lamp; the status and the trace's id. Raises StackError when it was not accepted."""
    with (
        _tracer(service) as tracer,
        tracer.start_as_current_span("POST", kind=SpanKind.CLIENT) as span,
    ):
        address = urlsplit(service.address)
        span.set_attributes(
            {
                "http.request.method": "POST",
                "url.full": f"{service.address}/orders",
                "server.address": address.hostname or "",
                "server.port": address.port or 80,
            }
        )
        status = _post(service)
        span.set_attribute("http.response.status_code", status)
        return status, format(span.get_span_context().trace_id, "032x")


@contextmanager
def _tracer(service: Part) -> Iterator[Tracer]:
    """A tracer that exports to where the service does, before the block is left."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": "make-trace"}), shutdown_on_exit=False
    )
    exporter = WaitingSpanExporter(destination=read_destination(Signal.TRACES, service.environment))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield provider.get_tracer(__name__)
    finally:
        provider.shutdown()


def _post(service: Part) -> int:
    address = urlsplit(service.address)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"content-type": "application/json"}
    propagate.inject(headers)
    try:
        connection.request("POST", "/orders", json.dumps(ORDER), headers)
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        message = f"{service.name} does not answer at {service.address}: {error} (make status)"
        raise StackError(message) from error
    finally:
        connection.close()
    if response.status >= http.HTTPStatus.BAD_REQUEST:
        raise StackError(f"{service.name} refused the order with {response.status}: {body}")
    return response.status
