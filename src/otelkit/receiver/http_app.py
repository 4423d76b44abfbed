"""OTLP over HTTP/protobuf as Starlette routes, to be served alone or mounted in another app.

Every failure's body is a `google.rpc.Status`, encoded as the request asked (protobuf,
or JSON for a sender of JSON, which is told what to send instead).
"""

import math

import grpc
from google.protobuf.json_format import MessageToJson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from otelkit.receiver.budget import Budget
from otelkit.receiver.fault import Fault
from otelkit.receiver.http_body import Body
from otelkit.receiver.judge import answer
from otelkit.receiver.verdict import Accept
from otelkit.signals import WIRES, Signal

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


def otlp_routes(accept: Accept, budget: Budget, max_request_bytes: int) -> list[Route]:
    """One POST route a signal, at the paths of OTLP."""
    return [_route(signal, accept, budget, max_request_bytes) for signal in Signal]


def _route(signal: Signal, accept: Accept, budget: Budget, max_request_bytes: int) -> Route:
    async def export(request: Request) -> Response:
        body = Body(request, budget, max_request_bytes)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            _check_media_type(media_type)
            raw = await body.read()
            encoded = await run_in_threadpool(answer, signal, raw, accept, budget)
        except Fault as fault:
            await body.discard()
            return _failure(fault, media_type)
        finally:
            body.release()
        return Response(encoded, media_type=PROTOBUF)

    return Route(WIRES[signal].http_path, export, methods=["POST"])


def _check_media_type(media_type: str) -> None:
    if media_type != PROTOBUF:
        message = f"content-type {media_type!r:.80} is not supported: send {PROTOBUF}"
        raise Fault(415, grpc.StatusCode.INVALID_ARGUMENT, message)


def _failure(fault: Fault, media_type: str) -> Response:
    headers = {}
    if fault.retry_after_seconds is not None:
        headers["Retry-After"] = str(math.ceil(fault.retry_after_seconds))
    status = fault.status()
    if media_type == JSON:
        return Response(MessageToJson(status), fault.http_status, headers, media_type=JSON)
    return Response(status.SerializeToString(), fault.http_status, headers, media_type=PROTOBUF)
