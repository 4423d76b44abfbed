"""Attribute values out of OTLP's `AnyValue`, as plain Python values.

Lists become tuples and so stay comparable with `==` to what a test writes down.
Convention: https://opentelemetry.io/docs/specs/otel/common/#anyvalue
"""

from collections.abc import Iterable, Mapping

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

AttributeValue = (
    None | str | bool | int | float | bytes | tuple["AttributeValue", ...] | Mapping[str, "AttributeValue"]
)


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, AttributeValue]:
    """Key to value; of a key that came twice the last value stays."""
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: AnyValue) -> AttributeValue:
    """Plain value; None when nothing is set. Recursion ends at protobuf's own nesting limit of 100."""
    kind = value.WhichOneof("value")
    match kind:
        case "array_value":
            return tuple(value_of(item) for item in value.array_value.values)
        case "kvlist_value":
            return attributes_of(value.kvlist_value.values)
        case "string_value" | "bool_value" | "int_value" | "double_value" | "bytes_value":
            scalar: str | bool | int | float | bytes = getattr(value, kind)
            return scalar
        case _:
            return None
