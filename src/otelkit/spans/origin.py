"""What all spans of one tracer share, so that none of them has to hold it.

Decision: immutable; a tracer makes a new one when its resource changes, which it does in a forked child.
Spans that were begun before keep the resource they began with, as the SDK's do. Convention: none.
"""

import sys
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace import SpanLimits, Tracer
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.encoding.address import Address, find_address

if TYPE_CHECKING:
    from otelkit.spans.chain import Chain


class SpanOrigin:
    """Resource, scope, limits and processors; `room` is how many attributes stay plain."""

    __slots__ = ("_address", "chain", "info", "limits", "resource", "room", "scope")

    def __init__(
        self, tracer: Tracer, scope: InstrumentationScope, limits: SpanLimits, chain: "Chain"
    ) -> None:
        self.resource, self.info = tracer.resource, tracer.instrumentation_info
        self.scope, self.limits, self.chain = scope, limits, chain
        most = limits.max_span_attributes
        self.room = sys.maxsize if most is None else most
        if limits.max_span_attribute_length is not None:
            self.room = 0
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where encoded spans belong, found once."""
        if self._address is None:
            self._address = find_address(self.resource, self.scope)
        return self._address

    def renewed(self, tracer: Tracer) -> "SpanOrigin":
        """Give the same with the resource that the tracer has now."""
        return SpanOrigin(tracer, self.scope, self.limits, self.chain)
