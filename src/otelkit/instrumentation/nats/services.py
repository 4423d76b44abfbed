"""Micro services: an endpoint's callback is processed as any other; here its answers are told.

The library answers for a handler that raises, so that nothing passes the callback's span: the exception is
noted where the error is answered. An answer with an error code is an error of both sides, as the convention
has it for what the application calls one.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from nats.micro.request import Request, ServiceError

from otelkit.instrumentation.nats.messages import operation_of
from otelkit.instrumentation.nats.patching import Patches
from otelkit.instrumentation.nats.telemetry import NatsTelemetry


def patch_services(patches: Patches, telemetry: NatsTelemetry) -> None:
    """Patch a request's `respond` and `respond_error`."""
    patches.replace(Request, "respond", lambda original: _respond(original, telemetry))
    patches.replace(Request, "respond_error", _respond_error)


def _respond(original: Callable[..., Any], telemetry: NatsTelemetry) -> Any:
    @wraps(original)
    async def respond(request: Any, data: bytes = b"", headers: Any = None) -> None:
        message = request.__dict__["_msg"]
        client = message.__dict__["_client"]
        if not telemetry.is_off() and message.reply and client:
            headers = telemetry.carry_reply(message, headers, telemetry.broker_of(client))
        await original(request, data, headers)

    return respond


def _respond_error(original: Callable[..., Any]) -> Any:
    @wraps(original)
    async def respond_error(request: Any, code: str, *arguments: Any, **named: Any) -> None:
        operation = operation_of(request.__dict__["_msg"])
        if operation is not None:
            error = sys.exc_info()[1]  # what the handler raised, if the library answers for it
            if error is None or isinstance(error, ServiceError):
                operation.note(None, str(code))
            else:
                operation.note(error)
        await original(request, code, *arguments, **named)

    return respond_error
