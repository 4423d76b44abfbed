"""What all calls of one method on one side have in common, made once: a call adds only its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grpc import StatusCode
from opentelemetry.semconv._incubating.attributes.rpc_attributes import (
    RPC_METHOD,
    RPC_METHOD_ORIGINAL,
    RPC_RESPONSE_STATUS_CODE,
    RPC_SYSTEM_NAME,
    RpcSystemNameValues,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT

from otelkit.instrumentation.grpc_calls.targets import address_of, hosts_of

Attributes = Mapping[str, str | int]
OTHER = "_OTHER"

# Semantic conventions for gRPC: what the caller did wrong is no error of the server.
SERVER_ERRORS = frozenset(
    {
        StatusCode.UNKNOWN,
        StatusCode.DEADLINE_EXCEEDED,
        StatusCode.UNIMPLEMENTED,
        StatusCode.INTERNAL,
        StatusCode.UNAVAILABLE,
        StatusCode.DATA_LOSS,
    }
)
CLIENT_ERRORS = frozenset(StatusCode) - {StatusCode.OK}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a status adds: to the span, and (with the route's own) to the metric's point."""

    is_error: bool
    on_span: Attributes
    on_metric: Attributes


@dataclass(frozen=True, slots=True)
class Route:
    """One method, seen from one side; `name` is `package.Service/Method`, `hosts` are where its calls go."""

    name: str
    attributes: Attributes
    on_metric: Attributes
    errors: frozenset[StatusCode]
    hosts: tuple[str, ...] = ()
    _outcomes: dict[StatusCode | str, Outcome] = field(default_factory=dict)

    def outcome(self, status: StatusCode | str) -> Outcome:
        """Give the outcome of a status, or of an exception's type where no status came to be."""
        known = self._outcomes.get(status)
        if known is None:
            known = self._outcomes[status] = self._make_outcome(status)
        return known

    def _make_outcome(self, status: StatusCode | str) -> Outcome:
        if isinstance(status, str):
            added: dict[str, str | int] = {ERROR_TYPE: status}
        else:
            added = {RPC_RESPONSE_STATUS_CODE: status.name}
            if status in self.errors:
                added[ERROR_TYPE] = status.name
        return Outcome(ERROR_TYPE in added, added, {**self.on_metric, **added})


def client_route(method: str, target: str) -> Route:
    """Calls of `/package.Service/Method` over a channel to `target`."""
    address, port = address_of(target)
    name = method.lstrip("/")
    attributes: dict[str, str | int] = {**_system(name), SERVER_ADDRESS: address}
    if port is not None:
        attributes[SERVER_PORT] = port
    return Route(name, attributes, attributes, CLIENT_ERRORS, hosts_of(target))


def server_route(method: str) -> Route:
    """Calls of a method that this server has."""
    name = method.lstrip("/")
    return Route(name, _system(name), _system(name), SERVER_ERRORS)


def unknown_route(method: str) -> Route:
    """A call of a method that this server does not have: its name is the caller's, and unbounded."""
    attributes = {**_system(OTHER), RPC_METHOD_ORIGINAL: method.lstrip("/")[:256]}
    return Route(OTHER, attributes, _system(OTHER), SERVER_ERRORS)


def _system(name: str) -> dict[str, str | int]:
    return {RPC_SYSTEM_NAME: RpcSystemNameValues.GRPC.value, RPC_METHOD: name}
