"""Labels of the resources and scopes that log records come from."""

import sqlite3

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

from otelkit.viewer.log_labels import Labels, resource_labels, scope_labels

_RESOURCES = "SELECT id, body FROM origins WHERE service IS NOT NULL"
_SCOPE = "SELECT body FROM origins WHERE id = ?"


def resources_of(connection: sqlite3.Connection) -> dict[int, tuple[Labels, Labels]]:
    """Labels of the stream and structured metadata of every resource, by its number."""
    return {
        number: resource_labels(ResourceSpans.FromString(body).resource.attributes)
        for number, body in connection.execute(_RESOURCES)
    }


class Scopes(dict[int, Labels]):
    """Structured metadata of scopes by their numbers, each read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, number: int) -> Labels:
        """Read one that is not known yet."""
        found = self._connection.execute(_SCOPE, (number,)).fetchone()
        labels = self[number] = scope_labels(ScopeSpans.FromString(found[0]).scope) if found else {}
        return labels
