"""Resources, scopes and operations are stored once each and named by numbers."""

import hashlib
import sqlite3

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

from otelkit.viewer import rows

_ADD_ORIGIN = """INSERT INTO origins (digest, service, body, arrival) VALUES (?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET arrival = excluded.arrival RETURNING id"""
_FIND_OPERATION = "SELECT id FROM operations WHERE service = ? AND name = ? AND kind = ?"
_ADD_OPERATION = "INSERT INTO operations (service, name, kind) VALUES (?, ?, ?) RETURNING id"
Operation = tuple[str, str, int]


class Origins:
    """Numbers of what the present transaction's records come from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[bytes, int] = {}
        self._operations: dict[Operation, int] = {}

    def resource(self, resource: Resource, schema_url: str, arrival: int) -> tuple[int, str]:
        """Number and service name of a resource, whatever the signal: their messages are alike."""
        service = rows.service_name(resource.attributes)
        return self._number(
            ResourceSpans(resource=resource, schema_url=schema_url), service, arrival
        ), service

    def scope(self, scope: InstrumentationScope, schema_url: str, arrival: int) -> int:
        """Number of a scope."""
        return self._number(ScopeSpans(scope=scope, schema_url=schema_url), None, arrival)

    def operation(self, operation: Operation) -> int:
        """Number of a service's operation: its name and kind."""
        number = self._operations.get(operation)
        if number is None:
            found = self._connection.execute(_FIND_OPERATION, operation).fetchone()
            found = found or self._connection.execute(_ADD_OPERATION, operation).fetchone()
            number = self._operations[operation] = int(found[0])
        return number

    def clear(self) -> None:
        """Begin a transaction: what was known may have been deleted or rolled back."""
        self._known.clear()
        self._operations.clear()

    def _number(self, bare: Message, service: str | None, arrival: int) -> int:
        body = bare.SerializeToString(deterministic=True)
        key = body if service is None else b"r" + body  # a resource may be equal to a scope, byte for byte
        number = self._known.get(key)
        if number is None:
            digest = hashlib.blake2b(key, digest_size=16).digest()
            found = self._connection.execute(_ADD_ORIGIN, (digest, service, body, arrival)).fetchone()
            number = self._known[key] = int(found[0])
        return number
