"""OTEL_EXPORTER_OTLP_HEADERS: `key=value,key2=value2`, values percent-encoded.

The form is that of W3C Baggage without properties. Names become lower case, as both HTTP/2
and gRPC metadata ask. A wrong list is refused with its position, never with its text,
because headers carry API keys.
"""

import re
from urllib.parse import unquote

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, field name
_VALUE = re.compile(r"[\x20-\x7e]*")  # what HTTP and gRPC ASCII metadata both carry


def parse_headers(text: str) -> tuple[tuple[str, str], ...]:
    """Split and decode a list of headers.

    Raises:
        ValueError: a pair without `=`, an illegal name, or a value that is not printable ASCII.
    """
    pairs = (part.strip() for part in text.split(","))
    return tuple(_pair(number, part) for number, part in enumerate(pairs, start=1) if part)


def _pair(number: int, part: str) -> tuple[str, str]:
    name, equals, encoded = part.partition("=")
    name, value = name.strip().lower(), unquote(encoded.strip(), errors="strict")
    if not equals or not _TOKEN.fullmatch(name) or name.startswith("grpc-"):
        raise ValueError(f"pair {number} is not name=value: use name=value,name=value with encoded values")
    if not _VALUE.fullmatch(value):
        raise ValueError(f"the value of pair {number} must be printable ASCII after percent-decoding")
    return name, value
