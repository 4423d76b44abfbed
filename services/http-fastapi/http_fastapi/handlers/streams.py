"""Responses whose body is made while it is sent.

The one OpenTelemetry decision: a generator never holds a span as current across `yield`, which would leak it
to whoever iterates (opentelemetry-python#2606). It starts the span, and ends it in its own `finally`; that
runs at once because the response closes its iterator, also when the client leaves in the middle.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from opentelemetry import trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Status, StatusCode
from starlette.types import Send


class ClosingStream(StreamingResponse):
    """Closes its generator when the response ends, however it ends; else only garbage collection would."""

    def __init__(self, chunks: AsyncGenerator[bytes, None], headers: dict[str, str] | None = None) -> None:
        super().__init__(chunks, headers=headers)
        self._chunks = chunks

    async def stream_response(self, send: Send) -> None:
        """Send start, body and end."""
        async with aclosing(self._chunks):
            await super().stream_response(send)


class StreamSpan:
    """A span for the making of a stream: not current, ended once, with how many items were handed out."""

    def __init__(self, tracer: trace.Tracer, name: str, attribute: str) -> None:
        self._span = tracer.start_span(name)
        self._attribute = attribute
        self.items = 0

    def __enter__(self) -> "StreamSpan":
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Exception):
            self._span.record_exception(error)
            self._span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            self._span.set_attribute(ERROR_TYPE, type(error).__qualname__)
        self._span.set_attribute(self._attribute, self.items)
        self._span.set_attribute("shop.stream.complete", error is None)
        self._span.end()
