"""One finished span with its events and links, as plain immutable values.

Ids are lower-case hex (32 and 16 characters), times are nanoseconds since the Unix epoch.
Equality compares everything; the hash leaves mappings out, because dictionaries have none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from otelkit.traces.attributes import AttributeValue

Attributes = Mapping[str, AttributeValue]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at one moment of a span, such as a recorded exception."""

    name: str
    time_nanos: int = 0
    attributes: Attributes = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A pointer to a span, often one in another trace."""

    trace_id: str
    span_id: str
    attributes: Attributes = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One finished span. `kind` and `status` are the enum's names without prefix: SERVER, ERROR."""

    trace_id: str
    span_id: str
    parent_span_id: str = ""
    name: str = ""
    kind: str = "INTERNAL"
    status: str = "UNSET"
    status_message: str = ""
    start_nanos: int = 0
    end_nanos: int = 0
    attributes: Attributes = field(default_factory=dict, hash=False)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    resource: Attributes = field(default_factory=dict, hash=False)
    scope: str = ""

    @property
    def service_name(self) -> str:
        """`service.name` of the resource, or an empty string."""
        return str(self.resource.get("service.name", ""))

    @property
    def duration_seconds(self) -> float:
        """End minus start; 0 when the clock went backwards between them."""
        return max(self.end_nanos - self.start_nanos, 0) / 1e9

    @property
    def key(self) -> tuple[str, str]:
        """Trace id and span id: what a link points to."""
        return self.trace_id, self.span_id
