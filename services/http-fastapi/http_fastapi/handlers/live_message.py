"""One message of a WebSocket: `handle order`, a trace of its own that links to the connection's span.

As children of the connection's span the messages of hours would make one trace without end, sampled all or
nothing, whose root arrives last. The status follows the HTTP convention for servers: what the client did
wrong is no error of ours.
"""

from http import HTTPStatus
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, Span, Status, StatusCode
from pydantic import TypeAdapter, ValidationError

from http_fastapi.confirmations import ConfirmationsFullError
from http_fastapi.models import NewOrder
from http_fastapi.problems import ProblemType, details
from http_fastapi.shop import Shop
from http_fastapi.store import Order, StoreFullError
from http_fastapi.validation import invalid_values

Answer = tuple[HTTPStatus, dict[str, Any]]
_dump_order = TypeAdapter(Order).dump_python
_REFUSALS = {StoreFullError: ProblemType.STORE_FULL, ConfirmationsFullError: ProblemType.OVERLOADED}


class LiveMessages:
    """Answers the messages of one connection, whose span is current when this is made."""

    def __init__(self, shop: Shop) -> None:
        connection = trace.get_current_span().get_span_context()
        self._links = [Link(connection)] if connection.is_valid else []
        self._tracer = trace.get_tracer(__name__)
        self._shop = shop

    def answer(self, text: str) -> Answer:
        """Place the order that `text` holds. An exception is recorded and answered with 500."""
        with self._tracer.start_as_current_span("handle order", Context(), links=self._links) as span:
            try:
                new = NewOrder.model_validate_json(text)
                order = self._shop.place(new.item, new.quantity)
            except ValidationError as error:
                return _refuse_values(error)
            except (StoreFullError, ConfirmationsFullError) as error:
                _mark_failed(span, error)
                return _refused(HTTPStatus.SERVICE_UNAVAILABLE, str(error), _REFUSALS[type(error)])
            except Exception as error:  # noqa: BLE001 - the connection shall say so before it ends
                span.record_exception(error)
                _mark_failed(span, error)
                return _refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed. It has recorded why.")
            return HTTPStatus.CREATED, {"order": _dump_order(order)}


def _refuse_values(error: ValidationError) -> Answer:
    errors = error.errors(include_input=False, include_context=False, include_url=False)
    if errors[0]["type"] == "json_invalid":
        return _refused(HTTPStatus.BAD_REQUEST, "The message is no JSON.", ProblemType.MALFORMED)
    return _refused(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The message holds wrong values.",
        ProblemType.INVALID,
        errors=invalid_values(errors, body=True),
    )


def _refused(
    status: HTTPStatus, detail: str, type_: ProblemType = ProblemType.BLANK, **members: Any
) -> Answer:
    return status, {"problem": details(status, detail, type_=type_, **members)}


def _mark_failed(span: Span, error: Exception) -> None:
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.set_attribute(ERROR_TYPE, type(error).__qualname__)
