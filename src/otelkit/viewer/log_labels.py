"""A log record as Loki has it: a line, labels of its stream, and structured metadata.

Written after Loki's `pkg/loghttp/push/otlp.go` and `pkg/distributor/field_detection.go`: of a resource's
attributes those listed name the stream, everything else is structured metadata.
"""

import base64
import json
import re
from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from otelkit.traces.attributes import AttributeValue, value_of
from otelkit.viewer.label_names import label_name

_STREAM_LABELS = frozenset(
    ["service_name", "service_namespace", "service_instance_id", "deployment_environment"]
    + ["deployment_environment_name", "cloud_region", "cloud_availability_zone", "container_name"]
    + [f"k8s_{part}_name" for part in ("cluster", "namespace", "pod", "container", "replicaset")]
    + [f"k8s_{part}_name" for part in ("deployment", "statefulset", "daemonset", "cronjob", "job")]
)
_LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
_LEVEL_NAMES = {"trc": "trace", "dbg": "debug", "inf": "info", "information": "info"} | {
    "wrn": "warn", "warning": "warn", "err": "error",
}  # fmt: skip
_LEVEL_IN_LINE = re.compile(
    r"(?<![a-z])(?:trace|debug|fatal|critical|error|err|warning|warn|info)(?![a-z])", re.IGNORECASE
)
_LONGEST_LOOK = 1_000
_NUMBERS_A_LEVEL = 4
LINE = ""  # stands for the line where a label's name is asked for
Labels = dict[str, str]


def text_of(value: AnyValue) -> str:
    """A value as text, as the Collector's `AsString` writes it."""
    return _text(value_of(value))


def line_of(record: LogRecord) -> str:
    """The record's body as a line."""
    return record.body.string_value or text_of(record.body)


def record_labels(record: LogRecord) -> Labels:
    """Structured metadata that the record itself gives."""
    labels = _attribute_labels(record.attributes)
    if record.severity_number:
        labels["severity_number"] = str(record.severity_number)
    if record.severity_text:
        labels["severity_text"] = record.severity_text
    if any(record.trace_id):
        labels["trace_id"] = record.trace_id.hex()
    if any(record.span_id):
        labels["span_id"] = record.span_id.hex()
    if record.flags:
        labels["flags"] = str(record.flags)
    labels["detected_level"] = _level(record)
    return labels


def resource_labels(attributes: Iterable[KeyValue]) -> tuple[Labels, Labels]:
    """Labels of the stream, and structured metadata, out of a resource's attributes."""
    labels = _attribute_labels(attributes)
    stream = {name: value for name, value in labels.items() if name in _STREAM_LABELS}
    stream.setdefault("service_name", "unknown_service")
    return stream, {name: value for name, value in labels.items() if name not in stream}


def scope_labels(scope: InstrumentationScope) -> Labels:
    """Structured metadata out of a scope."""
    labels = _attribute_labels(scope.attributes)
    named = {"scope_name": scope.name, "scope_version": scope.version}
    return labels | {name: value for name, value in named.items() if value}


def _attribute_labels(attributes: Iterable[KeyValue]) -> Labels:
    labels: Labels = {}
    for pair in attributes:
        if pair.value.HasField("kvlist_value"):
            for name, value in _nested(label_name(pair.key), value_of(pair.value)):
                labels[name] = value
        elif name := label_name(pair.key):
            labels[name] = pair.value.string_value or text_of(pair.value)
    return labels


def _nested(prefix: str, value: AttributeValue) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _nested(label_name(f"{prefix}_{key}"), inner)
    elif prefix:
        yield prefix, _text(value)


def _level(record: LogRecord) -> str:
    if record.severity_text:
        name = record.severity_text.lower()
        known = _LEVEL_NAMES.get(name, name)
        return known if known in (*_LEVELS, "critical") else record.severity_text
    if record.severity_number:
        place = (record.severity_number - 1) // _NUMBERS_A_LEVEL
        return _LEVELS[place] if 0 <= place < len(_LEVELS) else "unknown"
    found = _LEVEL_IN_LINE.search(line_of(record)[:_LONGEST_LOOK])
    return _LEVEL_NAMES.get(found[0].lower(), found[0].lower()) if found else "unknown"


def _text(value: AttributeValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bytes():
            return base64.b64encode(value).decode()
        case float() if value.is_integer() and abs(value) < 1e21:  # noqa: PLR2004 - where Go begins exponents
            return str(int(value))
        case _:
            return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def _plain(value: AttributeValue) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value
