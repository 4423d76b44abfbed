"""What a failed call says, for programs and for people: the google.rpc.Status that came with it.

Details come from another process: what cannot be read is left out, and never stops the error itself.
"""

from typing import Any, TypeVar

from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2 as details_pb2  # type: ignore[import-untyped]  # no stubs
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # no stubs
from grpc_status import rpc_status

MessageType = TypeVar("MessageType", bound=Message)


def status_of_error(error: Any) -> Status:
    """Give the status of a failed call, asyncio or sync; without details when it has none that fit."""
    try:
        found = rpc_status.from_call(error)
    except (ValueError, DecodeError):  # contradicts the call's own code, or is none
        found = None
    return found or Status(code=error.code().value[0], message=error.details() or "")


def detail(error: Any, kind: type[MessageType]) -> MessageType:
    """Give the first detail of one kind, e.g. `ErrorInfo`; an empty one when there is none."""
    for packed in status_of_error(error).details:
        found = kind()
        try:
            if packed.Unpack(found):
                return found
        except DecodeError:
            continue
    return kind()


def explain(error: Any) -> str:
    """Say in one line what happened, why, and which trace has it."""
    info = detail(error, details_pb2.ErrorInfo)
    request = detail(error, details_pb2.RequestInfo)
    said = f"{error.code().name}: {_printable(error.details() or 'no details')}"
    if info.reason:
        said += f" [{_printable(info.reason)}]"
    if request.request_id:
        said += f" (trace {_printable(request.request_id)})"
    return said


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text[:500]
    )
