"""A request that is not accepted, with its code in both protocols.

Codes are those of OTLP 1.10: INVALID_ARGUMENT and 400 must not be sent again,
UNAVAILABLE and 503 should be. `google.rpc.Status` is the body of both.
"""

import math

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # no stubs exist
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # no stubs exist


class Fault(Exception):  # noqa: N818 - an answer to the sender, like starlette's HTTPException, not an error of ours
    """Why a request is not accepted; `retry_after_seconds` only where it may come again."""

    def __init__(
        self,
        http_status: int,
        code: grpc.StatusCode,
        message: str,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.code = code
        self.message = message
        self.retry_after_seconds = retry_after_seconds

    def retry_info(self) -> RetryInfo | None:
        """When the sender may come again, as OTLP over gRPC says it; None when it is not said."""
        if self.retry_after_seconds is None:
            return None
        seconds = math.floor(self.retry_after_seconds)
        nanos = int((self.retry_after_seconds - seconds) * 1e9)
        return RetryInfo(retry_delay=Duration(seconds=seconds, nanos=nanos))

    def status(self) -> Status:
        """`google.rpc.Status` with the code, the message and the RetryInfo, if any."""
        number: int = self.code.value[0]
        status = Status(code=number, message=self.message)
        if (info := self.retry_info()) is not None:
            status.details.add().Pack(info)
        return status


def malformed(message: str) -> Fault:
    """Say it is the sender's mistake: sending the same again is of no use."""
    return Fault(400, grpc.StatusCode.INVALID_ARGUMENT, message)


def too_large(limit_bytes: int) -> Fault:
    """Over the bound, whether as sent or once decompressed."""
    message = f"the request is larger than {limit_bytes:,} bytes: send smaller batches"
    return Fault(413, grpc.StatusCode.RESOURCE_EXHAUSTED, message)


def busy(after_seconds: float | None) -> Fault:
    """No room now: the sender keeps the batch and comes again."""
    message = "no room for this request now: send it again later"
    return Fault(503, grpc.StatusCode.UNAVAILABLE, message, after_seconds)


def failed() -> Fault:
    """Our mistake; what it was stands in the receiver's log, not in the answer."""
    return Fault(500, grpc.StatusCode.INTERNAL, "the receiver failed on this request: see its log")
