"""Malformed OTLP against a viewer: each gets its proper refusal, and the next good batch is shown.

Options: --count 2000, --seed 7. The payloads are the same for the same seed.
"""

import argparse
import http.client
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bench.report import Row
from otelkit.signals import WIRES, Signal
from otelkit.traces import TempoClient
from tests.e2e.drills.hostile_case import GRPC, PROTOBUF, Answer, Case
from tests.e2e.drills.hostile_huge import huge_cases
from tests.e2e.drills.hostile_small import small_cases
from tests.e2e.drills.viewer_process import ViewerProcess, running_viewer

_ANSWER_SECONDS = 60.0
_PEAK_MEGABYTES = 300
_SENDERS = 8


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="payloads in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="for the mutations (default %(default)s)")
    options = parser.parse_args(arguments)
    huge = huge_cases()
    cases = [*huge, *small_cases(options.seed, options.count - len(huge))]
    with running_viewer() as viewer:
        rows = _answer_rows(viewer, cases)
        rows.append(Row("next good batch is shown", _shows_good_batch(viewer), 1, "trace", "higher"))
        rows.append(Row("viewer still up", viewer.is_up(), 1, "process", "higher"))
        peak = viewer.peak_megabytes()
    rows.append(Row("viewer peak memory", round(peak, 1), _PEAK_MEGABYTES, "MB", "lower"))
    return rows


def _answer_rows(viewer: ViewerProcess, cases: Sequence[Case]) -> list[Row]:
    sent: Counter[str] = Counter()
    proper: Counter[str] = Counter()
    with ThreadPoolExecutor(_SENDERS) as senders:
        answers = list(senders.map(lambda case: _send(viewer, case), cases))
    for case, answer in zip(cases, answers, strict=True):
        sent[case.kind] += 1
        proper[case.kind] += answer == case.proper
        if answer != case.proper:
            print(f"{case.kind} over {case.protocol} {case.path}: {answer}, proper is {case.proper}")
    rows = [
        Row(f"{kind}: proper answer", proper[kind], count, "payloads", "higher")
        for kind, count in sent.items()
    ]
    return [*rows, Row("all: proper answer", proper.total(), len(cases), "payloads", "higher")]


def _send(viewer: ViewerProcess, case: Case) -> Answer | str:
    try:
        return _send_grpc(viewer, case) if case.protocol == GRPC else _send_http(viewer, case)
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error!r}"


def _send_grpc(viewer: ViewerProcess, case: Case) -> grpc.StatusCode:
    compression = grpc.Compression.Gzip if case.compressed else grpc.Compression.NoCompression
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{viewer.grpc_port}", options, compression) as channel:
        try:
            call = channel.unary_unary(case.path, bytes, bytes)
            call(case.body(), timeout=_ANSWER_SECONDS)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
    return grpc.StatusCode.OK


def _send_http(viewer: ViewerProcess, case: Case) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", viewer.http_port, timeout=_ANSWER_SECONDS)
    try:
        connection.request(case.method, case.path, case.body(), case.headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _shows_good_batch(viewer: ViewerProcess) -> bool:
    trace_id = secrets.token_bytes(16)
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=trace_id, name="after the storm")
    span.span_id = secrets.token_bytes(8)
    body = request.SerializeToString()
    wire = WIRES[Signal.TRACES]
    if (
        _send_http(viewer, Case("good", "http", wire.http_path, lambda: body, 200, PROTOBUF))
        != http.client.OK
    ):
        return False
    spans = TempoClient(f"http://127.0.0.1:{viewer.port}").wait_for_trace(trace_id.hex())
    return [span.name for span in spans] == ["after the storm"]
