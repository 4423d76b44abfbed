"""What the service refuses, each with google.rpc.Status details that a program can act on.

ErrorInfo names the reason, which never changes; the other details say what to mend. RequestInfo carries the
trace's id, so that whoever reports an error names the trace that explains it.
(google/rpc/error_details.proto)
"""

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.rpc import error_details_pb2 as details_pb2  # type: ignore[import-untyped]  # no stubs
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # no stubs
from grpc import StatusCode
from opentelemetry.trace import format_trace_id, get_current_span

DOMAIN = "shop.example"
MOST_SHOWN = 64  # characters of what the caller gave


class Refusal(Exception):  # noqa: N818 - an answer, and no error of the service
    """A call that cannot be done, for a reason that the caller may know."""

    code = StatusCode.FAILED_PRECONDITION
    reason = "REFUSED"

    def __init__(self, message: str, *details: Message) -> None:
        super().__init__(message)
        self.details = details


class InvalidRequest(Refusal):
    """A field has a wrong value."""

    code, reason = StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"

    def __init__(self, field: str, description: str) -> None:
        violation = details_pb2.BadRequest.FieldViolation(field=field, description=description)
        super().__init__(f"{field} {description}", details_pb2.BadRequest(field_violations=[violation]))


class UnknownItem(Refusal):
    """The shop does not have this item."""

    code, reason = StatusCode.NOT_FOUND, "UNKNOWN_ITEM"

    def __init__(self, item: str) -> None:
        resource = details_pb2.ResourceInfo(resource_type="item", resource_name=item[:MOST_SHOWN])
        super().__init__("there is no such item", resource)


class OutOfStock(Refusal):
    """There is not enough of an item, not even with the warehouse."""

    code, reason = StatusCode.FAILED_PRECONDITION, "OUT_OF_STOCK"

    def __init__(self, item: str, left: int) -> None:
        violation = details_pb2.PreconditionFailure.Violation(
            type="STOCK", subject=item[:MOST_SHOWN], description=f"{left} left"
        )
        super().__init__(f"only {left} left", details_pb2.PreconditionFailure(violations=[violation]))


class NoRoom(Refusal):
    """The shop keeps as many items as it may."""

    code, reason = StatusCode.RESOURCE_EXHAUSTED, "NO_ROOM"

    def __init__(self, most: int) -> None:
        violation = details_pb2.QuotaFailure.Violation(subject="items", description=f"at most {most}")
        super().__init__("no room for one more item", details_pb2.QuotaFailure(violations=[violation]))


class WarehouseFailed(Refusal):
    """The warehouse did not answer, or not as it should."""

    code, reason = StatusCode.UNAVAILABLE, "WAREHOUSE_FAILED"


class OutOfTime(Refusal):
    """The caller's deadline leaves no time for what is still to be done."""

    code, reason = StatusCode.DEADLINE_EXCEEDED, "OUT_OF_TIME"


class Draining(Refusal):
    """The server is about to end: the same call to another one succeeds."""

    code, reason = StatusCode.UNAVAILABLE, "DRAINING"


class Failed(Refusal):
    """An error of the service's own, of which the caller learns nothing but the trace's id."""

    code, reason = StatusCode.INTERNAL, "FAILED"


def status_of(refusal: Refusal) -> Status:
    """Describe a refusal of the current call as google.rpc.Status."""
    info = details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN)
    messages = [info, *refusal.details]
    if (span := get_current_span().get_span_context()).is_valid:
        messages.append(details_pb2.RequestInfo(request_id=format_trace_id(span.trace_id)))
    return Status(code=refusal.code.value[0], message=str(refusal), details=map(_packed, messages))


def _packed(message: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed
