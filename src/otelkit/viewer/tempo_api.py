"""Tempo's query API, as far as tests and Grafana-like clients use it.

Written after https://grafana.com/docs/tempo/latest/api_docs/ and Tempo's sources: ids in
JSON are base64 and enums are names, as gogo's jsonpb has them; ids in a search have no
leading zeros; an id given is padded to 16 bytes from the left.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, TracesData
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from otelkit.viewer.database import reading
from otelkit.viewer.finding import FoundTrace, find_trace, find_traces
from otelkit.viewer.parameters import parse_trace_id, search_of, spans_per_set
from otelkit.viewer.reading import read_trace
from otelkit.viewer.span_sets import SpanSets
from otelkit.viewer.tempo_tags import tag_routes

_PROTOBUF = "application/protobuf"


def tempo_routes(database: Path) -> list[Route]:
    """`/api/traces/{id}`, `/api/search`, `/api/echo`, and lists of tags."""

    def trace(request: Request) -> Response:
        trace_id = parse_trace_id(request.path_params["trace_id"])
        with ExitStack() as stack:
            connection = stack.enter_context(reading(database))
            if find_trace(connection, trace_id) is None:
                return PlainTextResponse("trace not found", 404)
            parts = read_trace(connection, trace_id)
            return _answer(request, parts, stack.pop_all())

    def search(request: Request) -> Response:
        wanted, most = search_of(request.query_params), spans_per_set(request.query_params)
        with reading(database) as connection:
            traces = find_traces(connection, wanted)
            sets = SpanSets(connection, wanted.conditions, most)
            by_query = bool(request.query_params.get("q", "").strip())
            found = [{**_summary(trace), **(sets.of(trace) if by_query else {})} for trace in traces]
        return JSONResponse({"traces": found, "metrics": {}})

    return [
        Route("/api/traces/{trace_id}", trace),
        Route("/api/search", search),
        *tag_routes(database),
        Route("/api/echo", lambda _: PlainTextResponse("echo")),
    ]


def _answer(request: Request, parts: Iterator[ResourceSpans], stack: ExitStack) -> Response:
    if _PROTOBUF in request.headers.get("accept", ""):
        return StreamingResponse(_closing(stack, _protobuf(parts)), media_type=_PROTOBUF)
    return StreamingResponse(_closing(stack, _json(parts)), media_type="application/json")


def _closing(stack: ExitStack, chunks: Iterator[bytes]) -> Iterator[bytes]:
    with stack:
        yield from chunks


def _protobuf(parts: Iterator[ResourceSpans]) -> Iterator[bytes]:
    for part in parts:
        yield TracesData(resource_spans=[part]).SerializeToString()


def _json(parts: Iterator[ResourceSpans]) -> Iterator[bytes]:
    opening = '{"batches":['
    for part in parts:
        yield (opening + json.dumps(MessageToDict(part))).encode()
        opening = ","
    yield b"]}"


def _summary(trace: FoundTrace) -> dict[str, str | int]:
    return {
        "traceID": trace.trace_id.lstrip("0"),
        "rootServiceName": trace.root_service,
        "rootTraceName": trace.root_name,
        "startTimeUnixNano": str(trace.start_nanos),
        "durationMs": trace.duration_nanos // 10**6,
    }
