"""What Datadog is told, in its words: `name` is a span's operation, `resource` what the operation is on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from otelkit.testing.datadog.sketch import Sketch


@dataclass(frozen=True, kw_only=True)
class Span:
    """One span as APM shows it; ids are hex, the trace's of 128 bits. `meta` are texts, `metrics` numbers."""

    service: str
    name: str
    resource: str
    type: str
    error: bool
    trace_id: str
    span_id: str
    parent_id: str
    start_nanos: int
    duration_seconds: float
    env: str
    version: str
    host: str
    meta: Mapping[str, str] = field(hash=False)
    metrics: Mapping[str, float] = field(hash=False)
    tags: Mapping[str, str] = field(hash=False)  # of the payload: those of its container


@dataclass(frozen=True, kw_only=True)
class Stats:
    """Requests of one kind, all of them, as trace metrics count them: sampling takes none away."""

    service: str
    name: str
    resource: str
    type: str
    kind: str
    env: str
    version: str
    host: str
    hits: int
    errors: int
    duration_seconds: float
    top_level_hits: int
    peer_tags: frozenset[str]
    ok: Sketch = field(hash=False, compare=False)
    failed: Sketch = field(hash=False, compare=False)

    def percentile_seconds(self, share: float) -> float:
        """The duration that `share` (0.95) of the hits do not exceed, within 1 %."""
        return self.ok.plus(self.failed).quantile(share) / 1e9


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One point. `kind` is `count`, `rate`, `gauge` or `distribution`; of the last, `value` is the sum."""

    name: str
    kind: str
    value: float
    tags: frozenset[str]
    host: str
    unix_seconds: int
    interval_seconds: int = 0
    unit: str = ""
    count: int = 1
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Log:
    """One log. `trace_id` and `span_id` are `dd.trace_id` and `dd.span_id` as sent, by which APM finds it."""

    message: str
    status: str
    service: str
    host: str
    trace_id: str
    span_id: str
    tags: frozenset[str]
    attributes: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it came. `body` is unpacked, `raw` is as on the wire; `status` 0: not answered."""

    method: str
    path: str
    headers: Mapping[str, str] = field(hash=False)  # names in lower case
    raw: bytes
    body: bytes
    status: int
