"""The attributes that a request has from its start, computed when somebody asks for them.

Decision: they are given to the sampler as a mapping that does its work on first use, because the
conventions want them available for sampling, and a span that is not recorded should cost nothing.
"""

from collections.abc import ItemsView, Iterator, Mapping

from opentelemetry.semconv.attributes.client_attributes import CLIENT_ADDRESS
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_REQUEST_METHOD_ORIGINAL,
)
from opentelemetry.semconv.attributes.network_attributes import (
    NETWORK_PROTOCOL_NAME,
    NETWORK_PROTOCOL_VERSION,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_PATH, URL_QUERY, URL_SCHEME
from opentelemetry.semconv.attributes.user_agent_attributes import USER_AGENT_ORIGINAL

from otelkit.instrumentation.asgi.authority import Authorities
from otelkit.instrumentation.asgi.methods import OTHER_METHOD
from otelkit.instrumentation.asgi.protocol import Scope
from otelkit.instrumentation.asgi.query import redact_query

_authorities = Authorities()


class RequestAttributes(Mapping[str, str | int]):
    """Attributes of one request, by semantic conventions 1.44."""

    __slots__ = ("_allowed", "_headers", "_method", "_scope", "_values")

    def __init__(
        self, scope: Scope, headers: Mapping[bytes, bytes], method: str, allowed: frozenset[str]
    ) -> None:
        self._scope, self._headers, self._method, self._allowed = scope, headers, method, allowed
        self._values: dict[str, str | int] | None = None

    def __getitem__(self, key: str) -> str | int:
        return self._known()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def items(self) -> ItemsView[str, str | int]:
        """As of a dictionary; Mapping's own would ask key by key."""
        return self._known().items()

    def _known(self) -> dict[str, str | int]:
        if self._values is None:
            self._values = self._read()
        return self._values

    def _read(self) -> dict[str, str | int]:
        scope, headers = self._scope, self._headers
        scheme = scope.get("scheme") or "http"
        values: dict[str, str | int] = {
            HTTP_REQUEST_METHOD: self._method,
            URL_SCHEME: scheme,
            URL_PATH: scope["path"],
        }
        if host := headers.get(b"host"):
            values |= _authorities[host, scheme]
        elif server := scope.get("server"):
            values[SERVER_ADDRESS] = server[0]
            if server[1]:  # none for a Unix socket
                values[SERVER_PORT] = server[1]
        if client := scope.get("client"):
            values[CLIENT_ADDRESS] = client[0]
        if agent := headers.get(b"user-agent"):
            values[USER_AGENT_ORIGINAL] = agent.decode("latin-1")
        if version := scope.get("http_version"):
            values[NETWORK_PROTOCOL_VERSION] = version
        return self._read_rarer(values) if _has_rarer(scope, self._method) else values

    def _read_rarer(self, values: dict[str, str | int]) -> dict[str, str | int]:
        if query := self._scope.get("query_string"):
            values[URL_QUERY] = redact_query(query.decode("latin-1"), self._allowed)
        if self._scope["type"] == "websocket":
            values[NETWORK_PROTOCOL_NAME] = "websocket"
        elif self._method == OTHER_METHOD:
            values[HTTP_REQUEST_METHOD_ORIGINAL] = self._scope["method"]
        return values


def _has_rarer(scope: Scope, method: str) -> bool:
    return bool(scope.get("query_string")) or method == OTHER_METHOD or scope["type"] == "websocket"
