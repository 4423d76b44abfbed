"""The protobuf messages that Datadog's intake is sent, as far as they are read here.

Tables of fields become classes of google.protobuf; what a table does not name is skipped. `X*` is a repeated
field, `{K: V}` a map. Sources: datadog-agent, pkg/proto/datadog/trace; agent-payload v5, proto/metrics;
sketches-go, ddsketch/pb.
"""

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import Parse
from google.protobuf.message_factory import GetMessageClass

_PACKAGE = "otelkit.datadog"
_MAP = re.compile(r"\{(\w+): (\w+)\}")
Fields = Mapping[str, tuple[int, str]]

_TABLES: dict[str, Fields] = {
    "AgentPayload": {
        "host": (1, "string"),
        "env": (2, "string"),
        "tracer_payloads": (5, "TracerPayload*"),
        "unread_payloads": (11, "bytes*"),  # of the newer, indexed kind, which no exporter of OTLP sends
    },
    "TracerPayload": {
        "container_id": (1, "string"),
        "language": (2, "string"),
        "chunks": (6, "TraceChunk*"),
        "tags": (7, "{string: string}"),
        "env": (8, "string"),
        "host": (9, "string"),
        "version": (10, "string"),
    },
    "TraceChunk": {
        "priority": (1, "int32"),
        "spans": (3, "Span*"),
        "tags": (4, "{string: string}"),
        "dropped": (5, "bool"),
    },
    "Span": {
        "service": (1, "string"),
        "name": (2, "string"),
        "resource": (3, "string"),
        "trace_id": (4, "uint64"),
        "span_id": (5, "uint64"),
        "parent_id": (6, "uint64"),
        "start_nanos": (7, "int64"),
        "duration_nanos": (8, "int64"),
        "error": (9, "int32"),
        "meta": (10, "{string: string}"),
        "metrics": (11, "{string: double}"),
        "type": (12, "string"),
    },
    "MetricPayload": {"series": (1, "Series*")},
    "Series": {
        "resources": (1, "Resource*"),
        "metric": (2, "string"),
        "tags": (3, "string*"),
        "points": (4, "Point*"),
        "type": (5, "int32"),
        "unit": (6, "string"),
        "interval": (8, "int64"),
    },
    "Resource": {"type": (1, "string"), "name": (2, "string")},
    "Point": {"value": (1, "double"), "timestamp": (2, "int64")},
    "SketchPayload": {"sketches": (1, "Sketch*")},
    "Sketch": {
        "metric": (1, "string"),
        "host": (2, "string"),
        "tags": (4, "string*"),
        "points": (7, "SketchPoint*"),
    },
    "SketchPoint": {
        "timestamp": (1, "int64"),
        "count": (2, "int64"),
        "min": (3, "double"),
        "max": (4, "double"),
        "avg": (5, "double"),
        "sum": (6, "double"),
    },
    "DDSketch": {
        "mapping": (1, "IndexMapping"),
        "positive": (2, "Bins"),
        "zeros": (4, "double"),
    },
    "IndexMapping": {"gamma": (1, "double"), "offset": (2, "double")},
    "Bins": {
        "counts": (1, "{sint32: double}"),
        "contiguous": (2, "double*"),
        "first_index": (3, "sint32"),
    },
}


def _describe(message: DescriptorProto, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number)
    repeated = kind.endswith("*")
    if entry := _MAP.fullmatch(kind):
        nested = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        nested.options.map_entry = True
        _describe(nested, "key", 1, entry[1])
        _describe(nested, "value", 2, entry[2])
        field.type_name, repeated = f".{_PACKAGE}.{message.name}.{nested.name}", True
    else:
        _set_type(field, kind.removesuffix("*"))
    field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL


def _set_type(field: FieldDescriptorProto, kind: str) -> None:
    if kind in _TABLES:
        field.type_name = f".{_PACKAGE}.{kind}"
    else:
        field.type = FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")


def _pool() -> DescriptorPool:
    file = FileDescriptorProto(name="otelkit/datadog.proto", package=_PACKAGE, syntax="proto3")
    for table, fields in _TABLES.items():
        message = file.message_type.add(name=table)
        for name, (number, kind) in fields.items():
            _describe(message, name, number, kind)
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()


def message_class(table: str) -> Any:
    """The class of that table's messages, to be written as well as read."""
    return GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{table}"))


def parse(table: str, data: bytes) -> Any:
    """Decode one message of that table; raises google.protobuf.message.DecodeError when it is none."""
    return message_class(table).FromString(data)


def parse_json(table: str, data: bytes) -> Any:
    """Decode the same message from JSON; raises google.protobuf.json_format.ParseError when it is none."""
    return Parse(data, message_class(table)(), ignore_unknown_fields=True)
