"""Seeded small requests with one thing wrong each: cut, mutated, mislabelled, misdirected."""

import gzip
import random
from collections.abc import Iterator

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import WIRES, Signal
from tests.e2e.drills.hostile_case import GRPC, GZIP, HTTP, PROTOBUF, Case, protobuf_case


def small_cases(seed: int, count: int) -> Iterator[Case]:
    """`count` cases; the same seed gives the same ones."""
    dice = random.Random(seed)  # noqa: S311 - a drill is repeatable, not secret
    makers = (_truncated, _mutated, _mutated, _mislabelled, _bad_gzip, _misdirected)
    for number in range(count):
        signal = dice.choice(list(Signal))
        yield makers[number % len(makers)](dice, signal, dice.choice([GRPC, HTTP]))


def _truncated(dice: random.Random, signal: Signal, protocol: str) -> Case:
    body = good_request(dice, signal)
    return protobuf_case("truncated", signal, protocol, body[: dice.randrange(1, len(body))])


def _mutated(dice: random.Random, signal: Signal, protocol: str) -> Case:
    body = bytearray(good_request(dice, signal))
    for _ in range(dice.randint(1, 6)):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return protobuf_case("mutated", signal, protocol, bytes(body))


def _mislabelled(dice: random.Random, signal: Signal, _protocol: str) -> Case:
    kind = dice.choice(["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
    headers = dice.choice([{"content-type": kind}, {**PROTOBUF, "content-encoding": "br"}])
    body = good_request(dice, signal)
    return Case("wrong content type or encoding", HTTP, WIRES[signal].http_path, lambda: body, 415, headers)


def _bad_gzip(dice: random.Random, signal: Signal, protocol: str) -> Case:
    packed = gzip.compress(good_request(dice, signal), mtime=0)
    broken = packed[: dice.randrange(12, len(packed) - 1)]
    if protocol == HTTP:
        return Case("broken gzip", HTTP, WIRES[signal].http_path, lambda: broken, 400, GZIP)
    refused = grpc.StatusCode.INVALID_ARGUMENT
    return Case("broken gzip", GRPC, WIRES[signal].grpc_method, lambda: broken, refused)


def _misdirected(dice: random.Random, signal: Signal, protocol: str) -> Case:
    body = good_request(dice, signal)
    wire = WIRES[signal]
    if protocol == GRPC:
        nowhere = f"/{wire.grpc_service}/Import"
        return Case("unknown path or method", GRPC, nowhere, lambda: body, grpc.StatusCode.UNIMPLEMENTED)
    if dice.random() < 0.5:
        return Case("unknown path or method", HTTP, "/v1/profits", lambda: body, 404, PROTOBUF)
    return Case("unknown path or method", HTTP, wire.http_path, lambda: body, 405, PROTOBUF, method="PUT")


def good_request(dice: random.Random, signal: Signal) -> bytes:
    """A well-formed request of one signal."""
    makers = {Signal.TRACES: _good_spans, Signal.LOGS: _good_log, Signal.METRICS: _good_metric}
    return makers[signal](dice)


def _good_spans(dice: random.Random) -> bytes:
    request = ExportTraceServiceRequest()
    scoped = request.resource_spans.add().scope_spans.add()
    trace_id = dice.randbytes(16)
    for number in range(dice.randint(1, 8)):
        span = scoped.spans.add(trace_id=trace_id, span_id=dice.randbytes(8), name=f"span {number}")
        span.attributes.add(key="shop.order").value.string_value = dice.randbytes(12).hex()
    return request.SerializeToString()


def _good_log(dice: random.Random) -> bytes:
    request = ExportLogsServiceRequest()
    scoped = request.resource_logs.add().scope_logs.add()
    record = scoped.log_records.add(trace_id=dice.randbytes(16), span_id=dice.randbytes(8))
    record.body.string_value = "an order"
    return request.SerializeToString()


def _good_metric(dice: random.Random) -> bytes:
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="shop.orders")
    metric.sum.data_points.add(as_int=dice.randint(1, 99))
    return request.SerializeToString()
