"""The span: the SDK's by its behaviour, with less work for what nearly every span does.

Decision: plain attributes (text, numbers, truth values, no more than the limit) are kept in a dict: the SDK
would have nothing to clean in them. The first other one moves all into the SDK's own BoundedAttributes, and
from then on the span is an ordinary one. What is not overridden here, status and exceptions, is the SDK's
code. Convention: "Span" of the trace SDK's specification.
"""

import logging
from collections.abc import Mapping, Sequence
from threading import Lock
from time import time_ns
from types import MappingProxyType
from typing import Any, Self

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status
from opentelemetry.util.types import Attributes

from otelkit.spans.attributes import are_plain
from otelkit.spans.moments import SpanWithMoments
from otelkit.spans.origin import SpanOrigin

_TEXT = frozenset({str})
_log = logging.getLogger("opentelemetry.sdk.trace")  # what the SDK's spans warn with


class CheapSpan(SpanWithMoments):
    """A span that is being recorded; made by `CheapTracer` alone."""

    _status = Status()
    _end_time: int | None = None
    _record_exception = _set_status_on_exception = True
    _record_end_metrics = _sampler = _trace_config = None

    def begin(  # noqa: PLR0913, PLR0917 - one call for each span
        self,
        origin: SpanOrigin,
        name: str,
        context: SpanContext,
        parent: SpanContext | None,
        kind: SpanKind,
        attributes: Attributes,
        links: Sequence[Link] | None,
        start_time: int | None,
        parent_context: Context | None,
    ) -> Self:
        """Take the place of a constructor and of start(): the processors that have asked for it are told."""
        self.origin = origin
        self._name = name
        self._context = context
        self._parent = parent
        self._kind = kind
        self._lock = Lock()
        if type(attributes) is not dict and isinstance(attributes, Mapping):
            attributes = dict(attributes.items())  # such as one that computes its values when asked
        if not attributes:
            self._attributes: Any = {}
        elif type(attributes) is dict and len(attributes) <= origin.room and are_plain(attributes):
            self._attributes = attributes.copy()
        else:
            # A sampler makes a view of them, which refuses what is no mapping.
            self._attributes = self.bound(MappingProxyType(attributes))
        if links:
            self.begin_links(links)
        self._start_time = time_ns() if start_time is None else start_time
        for on_start in origin.chain.starts:
            on_start(self, parent_context=parent_context)
        return self

    def heed_exceptions(self, *, record: bool, set_status: bool) -> None:
        """Say what is done with an exception that leaves the span's `with` block."""
        self._record_exception, self._set_status_on_exception = record, set_status

    def end(self, end_time: int | None = None) -> None:
        """End, and hand on to the processors; a second time only warns."""
        with self._lock:
            is_plain = self._end_time is None and type(self._attributes) is dict
            if is_plain:
                self._end_time = end_time if end_time is not None else time_ns()
        if is_plain:
            self.origin.chain.end(self)
        else:
            super().end(end_time)

    def as_readable(self) -> ReadableSpan:
        """Give the read-only span that the SDK gives to processors."""
        with self._lock:
            if type(self._attributes) is dict:
                self._attributes = self.bound(self._attributes, immutable=True)
        return self._readable_span()
