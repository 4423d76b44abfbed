"""`http.request.method`: the known methods; any other is `_OTHER`, so that clients cannot invent values.

Semantic conventions 1.44: RFC 9110, PATCH and QUERY are known, unless OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS
lists others, separated by commas and in the case they are sent in.
"""

import os

from opentelemetry.semconv.attributes.http_attributes import HttpRequestMethodValues

KNOWN_METHODS_VARIABLE = "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS"
OTHER_METHOD = HttpRequestMethodValues.OTHER.value
_STANDARD = {value.value for value in HttpRequestMethodValues} - {OTHER_METHOD}
_QUERY = "QUERY"  # the text of 1.44 names it, its enumeration does not yet


def known_methods() -> frozenset[str]:
    """Read which methods are known."""
    listed = [name.strip() for name in os.environ.get(KNOWN_METHODS_VARIABLE, "").split(",")]
    return frozenset(filter(None, listed)) or frozenset(_STANDARD | {_QUERY})


def name_of(method: str) -> str:
    """Give how a method begins a span's name."""
    return "HTTP" if method == OTHER_METHOD else method
