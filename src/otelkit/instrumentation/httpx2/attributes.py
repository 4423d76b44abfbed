"""Attributes that the conventions ask of HTTP client spans and metrics (semantic conventions 1.44).

Method, server and port are the same for most requests of a process, so they are worked out once for each.
`server.port` is required, also where it is the scheme's default, which httpx2 leaves out of its URLs.
"""

import os
from functools import lru_cache
from typing import NamedTuple

from httpx2 import URL
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_REQUEST_METHOD_ORIGINAL,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT

from otelkit.instrumentation.httpx2.extensions import URL_TEMPLATE

Attributes = dict[str, str | int]
KNOWN_METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
)
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
REDACTED = "REDACTED"


class Target(NamedTuple):
    """What requests of one method to one server have in common."""

    span_name: str
    on_span: Attributes
    on_metric: Attributes


@lru_cache(maxsize=1024)
def target_of(method: str, scheme: str, host: str, port: int | None, template: str) -> Target:
    """Name and attributes; neither holds a path, because paths hold ids."""
    known = method in known_methods()
    shown = method if known else "HTTP"
    on_metric: Attributes = {HTTP_REQUEST_METHOD: method if known else "_OTHER", SERVER_ADDRESS: host}
    if number := port or _PORTS.get(scheme):
        on_metric[SERVER_PORT] = number
    on_span = dict(on_metric)
    if not known:
        on_span[HTTP_REQUEST_METHOD_ORIGINAL] = method
    if template:
        on_span[URL_TEMPLATE] = template
    return Target(f"{shown} {template}" if template else shown, on_span, on_metric)


@lru_cache(maxsize=1)
def known_methods() -> frozenset[str]:
    """Methods that keep their name: a full override by the variable that the conventions give for it."""
    named = os.environ.get("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "")
    return frozenset(name.strip() for name in named.split(",") if name.strip()) or KNOWN_METHODS


def redacted_url(url: URL, allowed: frozenset[str]) -> str:
    """`url.full`: no user, password or fragment, and of the query the names and the `allowed` values."""
    text = str(url)
    if not ("?" in text or "@" in text or "#" in text):
        return text
    text, hash_sign, fragment = text.partition("#")
    text, question_mark, query = text.partition("?")
    if url.userinfo:
        scheme, slashes, rest = text.partition("//")
        text = f"{scheme}{slashes}{REDACTED}:{REDACTED}@{rest.partition('@')[2]}"
    query = "&".join(_redacted(parameter, allowed) for parameter in query.split("&"))
    return text + question_mark + query + hash_sign + (REDACTED if fragment else "")


def _redacted(parameter: str, allowed: frozenset[str]) -> str:
    name, equals, value = parameter.partition("=")
    if name in allowed or not (name or value) or (equals and not value):
        return parameter
    return f"{name}={REDACTED}" if equals else REDACTED


def error_type_of(error: BaseException) -> str:
    """`error.type` of an exception: its full class name, of which a program has few."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
