"""Orders, told as traces and logs: HTTP in front, gRPC and SQL behind, messages beside."""

import random
from collections.abc import Iterator

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.browser.story import MILLISECOND, Trace, attributes, resource_of, spread

_OUT_OF_STOCK = "sku-8841 is out of stock"
_SLOW = 3  # times the usual pace
Line = tuple[str, int, str, Span]  # service, severity, text, span


def tell_orders(count: int, end_nanos: int) -> Iterator[tuple[Trace, Trace, list[Line]]]:
    """Each order's trace, the trace of what follows from its message, and their log lines."""
    chance = random.Random(7)  # noqa: S311 - a story, not a secret
    for number, begin in enumerate(spread(1, count, end_nanos)):
        order, shipping = Trace(2 * number, begin), Trace(2 * number + 1, begin + 60 * MILLISECOND)
        fails, slow = number % 9 == 4, 1 + 3 * (number % 31 == 5)
        yield order, shipping, list(_tell(order, shipping, chance.uniform(0.7, 1.6) * slow, fails=fails))


def _tell(order: Trace, shipping: Trace, pace: float, *, fails: bool) -> Iterator[Line]:
    failure = _OUT_OF_STOCK if fails else ""
    root = order.span(
        "http-fastapi", "POST /orders", "SERVER", 0, 58 * pace, error=failure,
        http__request__method="POST", http__route="/orders", url__path="/orders",
        http__response__status_code=500 if fails else 201, order__items=3,
    )  # fmt: skip
    order.span("http-fastapi", "check order", "INTERNAL", 0.6, 3.1 * pace, parent=root)
    yield "http-fastapi", 9, "order of 3 items received", root
    yield from _reserve(order, root, pace, failure)
    if fails:
        yield "http-fastapi", 17, "order refused: " + _OUT_OF_STOCK, root
        return
    publish = order.span(
        "http-fastapi", "publish orders.created", "PRODUCER", 31 * pace, 4 * pace, parent=root,
        messaging__system="nats", messaging__destination__name="orders.created",
    )  # fmt: skip
    yield from _pay(order, root, pace)
    yield from _ship(shipping, publish, pace)


def _reserve(order: Trace, root: Span, pace: float, failure: str) -> Iterator[Line]:
    call = order.span(
        "http-fastapi", "shop.v1.Stock/Reserve", "CLIENT", 4.5 * pace, 21 * pace + 2, parent=root,
        error=failure, rpc__system__name="grpc", server__address="grpc-four-modes", server__port=50051,
    )  # fmt: skip
    served = order.span(
        "grpc-four-modes", "shop.v1.Stock/Reserve", "SERVER", 5.4 * pace, 21 * pace, parent=call,
        error=failure, rpc__system__name="grpc", rpc__method="shop.v1.Stock/Reserve",
    )  # fmt: skip
    statements = ("SELECT stock",) if failure else ("SELECT stock", "UPDATE stock", "INSERT reservations")
    for place, name in enumerate(statements):
        order.span(
            "grpc-four-modes", name, "CLIENT", (7 + 6 * place) * pace, 4.2 * pace, parent=served,
            db__system__name="postgresql", db__collection__name=name.split()[1],
        )  # fmt: skip
    if failure:
        yield "grpc-four-modes", 17, failure, served
    else:
        yield "grpc-four-modes", 5, "3 items reserved in warehouse north", served


def _pay(order: Trace, root: Span, pace: float) -> Iterator[Line]:
    pay = order.span(
        "http-fastapi", "POST", "CLIENT", 36 * pace, 19 * pace, parent=root,
        http__request__method="POST", server__address="payments", http__response__status_code=200,
    )  # fmt: skip
    paid = order.span("payments", "POST /payments", "SERVER", 37 * pace, 16 * pace, parent=pay)
    order.span("payments", "SET payment", "CLIENT", 41 * pace, 2.3, parent=paid, db__system__name="redis")
    yield "payments", 9, "49.90 EUR authorised", paid
    if pace > _SLOW:
        yield "payments", 13, f"the bank took {19 * pace:.0f} ms", paid


def _ship(shipping: Trace, publish: Span, pace: float) -> Iterator[Line]:
    process = shipping.span(
        "nats-jetstream", "process orders.created", "CONSUMER", 0, 33 * pace, links=(publish,),
        messaging__system="nats", messaging__destination__name="orders.created",
    )  # fmt: skip
    shipping.span(
        "nats-jetstream", "INSERT shipments", "CLIENT", 4 * pace, 9 * pace, parent=process,
        db__system__name="postgresql",
    )  # fmt: skip
    sent = shipping.span(
        "nats-jetstream", "publish shipments", "PRODUCER", 15 * pace, 5 * pace, parent=process,
        messaging__system="rabbitmq", messaging__destination__name="shipments",
    )  # fmt: skip
    shipping.span(
        "rabbitmq-aio-pika", "process shipments", "CONSUMER", 21 * pace, 11 * pace, parent=sent,
        links=(sent,), messaging__system="rabbitmq", messaging__destination__name="shipments",
    )  # fmt: skip
    yield "nats-jetstream", 9, "shipment planned for tomorrow", process


def logs_of(lines: list[Line]) -> ExportLogsServiceRequest:
    """Log lines as one export request."""
    request = ExportLogsServiceRequest()
    for service, severity, text, span in lines:
        group = request.resource_logs.add()
        group.resource.attributes.extend(resource_of(service))
        record = group.scope_logs.add().log_records.add(
            trace_id=span.trace_id,
            span_id=span.span_id,
            severity_number=severity,
            time_unix_nano=span.start_time_unix_nano + MILLISECOND,
            attributes=attributes({"code.function.name": "place_order", "thread.name": "MainThread"}),
        )
        record.body.string_value = text
    return request
