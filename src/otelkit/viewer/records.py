"""Log records as the pages list them."""

from dataclasses import dataclass

from otelkit.traces.attributes import attributes_of, value_of
from otelkit.traces.span import Attributes
from otelkit.viewer.display import show_value
from otelkit.viewer.found_logs import FoundLog

MOST_LOGS = 200
SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_NUMBERS_A_SEVERITY = 4


@dataclass(frozen=True)
class Log:
    """One log record; `number` grows as they arrive, ids are hex, empty when it belongs to no span."""

    number: int
    time_nanos: int
    service: str
    severity: str
    body: str
    trace_id: str
    span_id: str
    attributes: Attributes


def log_of(found: FoundLog, service: str) -> Log:
    """A record for a page."""
    record = found.record
    return Log(
        number=found.number,
        time_nanos=found.time_nanos,
        service=service,
        severity=severity_name(record.severity_number),
        body=show_value(value_of(record.body)),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        attributes=attributes_of(record.attributes),
    )


def severity_name(number: int) -> str:
    """Name of the range that a severity number lies in (logs data model)."""
    place = (number - 1) // _NUMBERS_A_SEVERITY
    return SEVERITIES[place] if number > 0 and place < len(SEVERITIES) else "UNSET"
