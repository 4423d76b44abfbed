"""aio-pika's RPC pattern: one CLIENT span around call and answer, and the server's process span its child.

The request and the reply have no spans of their own: the call's span lasts from the one to the other, and who
sends the reply is the span that processes the request. What the server's function raises goes to the caller;
both spans tell of it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple

from aio_pika.patterns import RPC

from otelkit.instrumentation.aio_pika.brokers import Broker, Source, url_of
from otelkit.instrumentation.aio_pika.messages import begin_process
from otelkit.instrumentation.messaging import Operation, Scope

Route = tuple[str, str]  # to an exchange with a routing key


class Within(NamedTuple):
    """An operation, and the route of the request or reply that is a part of it, if there is one."""

    operation: Operation
    route: Route | None


WITHIN: ContextVar[Within | None] = ContextVar("otelkit_aio_pika_rpc", default=None)


def operation_around(exchange: str, routing_key: str) -> Operation | None:
    """Give the operation that a publish by this route is a part of."""
    within = WITHIN.get()
    if within is None or within.route != (exchange, routing_key) or within.operation.has_ended:
        return None
    return within.operation


def traced_call(original: Any, broker: Broker) -> Any:
    """Give a `call` with a span."""
    telemetry = broker.telemetry

    @wraps(original)
    async def call(rpc: RPC, method_name: str, *arguments: Any, **options: Any) -> Any:
        if telemetry.is_off():
            return await original(rpc, method_name, *arguments, **options)
        routing_key = rpc._format_routing_key(method_name)  # noqa: SLF001 - the pattern's own rule
        exchange = rpc.rpc_exchange.name if rpc.rpc_exchange else ""
        plan = broker.calls[url_of(rpc), exchange, routing_key]
        with Scope(telemetry.begin(plan)) as operation:
            token = WITHIN.set(Within(operation, (exchange, routing_key)))
            try:
                return await original(rpc, method_name, *arguments, **options)
            finally:
                WITHIN.reset(token)

    return call


def noting(original: Any, _: Broker) -> Any:
    """Give a method of the server whose exception is the process span's; RPC sends it to the caller."""

    @wraps(original)
    async def run(rpc: RPC, *arguments: Any, **named: Any) -> Any:
        try:
            return await original(rpc, *arguments, **named)
        except BaseException as error:
            if (within := WITHIN.get()) is not None:
                within.operation.note(error)
            raise

    return run


def traced_service(callback: Callable[..., Any], source: Source) -> Any:
    """Give the pattern's own callback of calls, with a span."""

    async def process(message: Any) -> Any:
        current = source.renewed()
        if current.telemetry.is_deaf_to(message.headers):
            return await callback(message)
        with Scope(begin_process(current, message)) as operation:
            # Replies go by the default exchange; the variable is that of a task of the message's own.
            WITHIN.set(Within(operation, ("", message.reply_to) if message.reply_to else None))
            return await callback(message)

    return process
