"""One fixed span and one fixed log record with all fields; what the SDK's encoder makes is kept as hex.

To write the files anew, when the SDK's encoder changes for good: python -m tests.otelkit.encoding.golden
"""

from pathlib import Path
from typing import Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AnyValue

FOLDER = Path(__file__).with_name("golden_bytes")

RESOURCE = Resource({"service.name": "shop", "process.pid": 42}, "https://opentelemetry.io/schemas/1.44.0")
SCOPE = InstrumentationScope("orders", "1.2", "https://example.com/schema", {"team": "a"})
CONTEXT = SpanContext(
    0x0AF7651916CD43DD8448EB211C80319C,
    0xB7AD6B7169203331,
    is_remote=False,
    trace_flags=TraceFlags(1),
    trace_state=TraceState([("vendor", "1")]),
)
REMOTE = SpanContext(CONTEXT.trace_id, 0x00F067AA0BA902B7, is_remote=True, trace_flags=TraceFlags(1))
START = 1_790_000_000_123_456_789
VALUES: dict[str, AnyValue] = {
    "text": "é" * 70, "yes": True, "no": False, "small": 200, "large": 2**63 - 1, "negative": -1,
    "double": 0.1, "bytes": b"\x00\xff", "array": ("a", None, 1, 1.5, (True,)),
    "map": {"a": {"b": None}, "c": ()},
    "none": None, "empty": "",
}  # fmt: skip


def _attributes(**dropped: str) -> BoundedAttributes:
    return BoundedAttributes(len(VALUES), {**dropped, **VALUES})


def span() -> ReadableSpan:
    events: Any = BoundedList(1)
    events.extend([Event("dropped", {}, START), Event("retry", _attributes(a="dropped"), START + 1)])
    links: Any = BoundedList(1)
    links.extend([Link(CONTEXT), Link(REMOTE, _attributes())])
    return ReadableSpan(
        "GET /orders/{id}", CONTEXT, REMOTE, RESOURCE, _attributes(a="dropped", b="dropped"), events, links,
        SpanKind.SERVER, status=Status(StatusCode.ERROR, "no such order"), start_time=START,
        end_time=START + 2_000_000, instrumentation_scope=SCOPE,
    )  # fmt: skip


def log_record() -> ReadableLogRecord:
    record = LogRecord(
        timestamp=START, observed_timestamp=START + 5, severity_text="WARN",
        severity_number=SeverityNumber.WARN2, body={"message": "late", "by": VALUES},
        attributes=_attributes(a="dropped"), event_name="order.late",
    )  # fmt: skip
    record.trace_id, record.span_id, record.trace_flags = CONTEXT.trace_id, CONTEXT.span_id, TraceFlags(1)
    return ReadableLogRecord(record, RESOURCE, SCOPE)


def by_the_sdk() -> dict[str, bytes]:
    return {
        "span": encode_spans([span()]).SerializeToString(),
        "log": encode_logs([log_record()]).SerializeToString(),
    }


def read(name: str) -> bytes:
    return bytes.fromhex((FOLDER / f"{name}.hex").read_text(encoding="ascii"))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, data in by_the_sdk().items():
        (FOLDER / f"{name}.hex").write_text(data.hex("\n", 40) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
