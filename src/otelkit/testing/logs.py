"""Log records as they came over the wire.

Source: opentelemetry-proto, `logs/v1/logs.proto`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from opentelemetry.proto.logs.v1 import logs_pb2

from otelkit.traces.attributes import AttributeValue, attributes_of, value_of
from otelkit.traces.span import Attributes


@dataclass(frozen=True, kw_only=True)
class LogRecord:
    """One log record. Ids are hex or empty, times are nanoseconds since the Unix epoch (0: unknown)."""

    body: AttributeValue = None
    severity: str = ""
    severity_number: int = 0
    event_name: str = ""
    trace_id: str = ""
    span_id: str = ""
    time_nanos: int = 0
    observed_nanos: int = 0
    attributes: Attributes = field(default_factory=dict, hash=False)
    resource: Attributes = field(default_factory=dict, hash=False)
    scope: str = ""


def logs_of(resource_logs: Iterable[logs_pb2.ResourceLogs]) -> list[LogRecord]:
    """All records of an export request's `resource_logs`, in their order there."""
    return [
        _record_of(record, attributes_of(group.resource.attributes), scoped.scope.name)
        for group in resource_logs
        for scoped in group.scope_logs
        for record in scoped.log_records
    ]


def _record_of(record: logs_pb2.LogRecord, resource: Attributes, scope: str) -> LogRecord:
    return LogRecord(
        body=value_of(record.body),
        severity=record.severity_text,
        severity_number=record.severity_number,
        event_name=record.event_name,
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        time_nanos=record.time_unix_nano,
        observed_nanos=record.observed_time_unix_nano,
        attributes=attributes_of(record.attributes),
        resource=resource,
        scope=scope,
    )
