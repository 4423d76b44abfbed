"""Four ways to instrument, one contract: the same trees, stable attributes and duration histogram.

Each way runs as a process, as people start it, and answers the same requests. What the contract leaves open
is test_differences.py's.
"""

import http.client
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, get_args

import pytest

from http_fastapi.settings import HttpInstrumentation
from otelkit.testing import Sink, trace_tree
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

WAYS = get_args(HttpInstrumentation)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
DURATION = "http.server.request.duration"


class Case(NamedTuple):
    """A request, and what has to come of it in every way."""

    method: str
    target: str
    status: int
    route: str | None = None
    body: str = ""
    child: str = ""

    @property
    def known_method(self) -> str:
        return "_OTHER" if self.method == "PROPFIND" else self.method

    def tree(self) -> str:
        name = " ".join(filter(None, [self.known_method.replace("_OTHER", "HTTP"), self.route]))
        status = "ERROR" if self.status >= 500 else "UNSET"
        child = f"\n└─ {self.child} [INTERNAL] {status}" if self.child else ""
        return f"{name} [SERVER] {status}{child}"


CASES = {
    format(number, "032x"): case
    for number, case in enumerate(
        (
            Case("POST", "/orders", 201, "/orders", '{"item": "tea"}', "store order"),
            Case("POST", "/orders", 503, "/orders", '{"item": "tea"}', "store order"),
            Case("POST", "/orders", 422, "/orders", "{}"),
            Case("GET", "/orders", 200, "/orders", child="stream orders"),
            Case("GET", "/orders/1?token=canary", 404, "/orders/{order_id}"),
            Case("DELETE", "/orders", 405, "/orders"),
            Case("GET", "/nowhere", 404),
            Case("PROPFIND", "/nowhere", 404),
        ),
        start=1,
    )
}
Observe = Callable[[str], Sink]


def ask(port: int, trace_id: str, case: Case) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"traceparent": f"00-{trace_id}-{'a' * 16}-01", "Content-Type": "application/json"}
    connection.request(case.method, case.target, case.body, headers)
    connection.getresponse().read()
    connection.close()


@pytest.fixture(scope="module")
def observe(service_command: Any, zero_code_command: Any) -> Observe:
    @cache
    def observed(way: str) -> Sink:
        command, port = zero_code_command if way == "zero-code" else service_command, free_port()
        settings = {"HTTP_INSTRUMENTATION": way, "HTTP_FASTAPI_MAX_ORDERS": "1"}
        with Sink() as sink:
            environment = {**sink.environment(), **settings, "HTTP_FASTAPI_PORT": str(port)}
            with ServiceProcess(command.arguments, environment | command.environment, port) as service:
                service.wait_until_listening()
                for trace_id, case in CASES.items():
                    ask(port, trace_id, case)
                service.end()
        return sink

    return observed


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trace_id", CASES, ids=[f"{c.method} {c.target} {c.status}" for c in CASES.values()])
def test_every_way_leaves_the_same_trace(observe: Observe, way: str, trace_id: str) -> None:
    case, spans = CASES[trace_id], observe(way).trace(trace_id)
    (server,) = (span for span in spans if span.kind == "SERVER")

    assert trace_tree(spans).replace(" (parent missing)", "") == case.tree()
    expected = {
        "http.request.method": case.known_method,
        "http.request.method_original": case.method if case.known_method == "_OTHER" else None,
        "http.route": case.route,
        "http.response.status_code": case.status,
        "error.type": "503" if case.status == 503 else None,
        "url.path": case.target.partition("?")[0],
        "url.query": "token=REDACTED" if "?" in case.target else None,
        "url.scheme": "http",
        "network.protocol.version": "1.1",
    }
    assert {name: server.attributes.get(name) for name in expected} == expected


@pytest.mark.parametrize("way", WAYS)
def test_every_way_measures_the_same(observe: Observe, way: str) -> None:
    points = observe(way).metrics(DURATION)
    names = ("http.request.method", "http.route", "http.response.status_code", "error.type", "url.scheme")
    measured = {tuple(point.attributes.get(name) for name in names) for point in points}

    assert {(point.unit, point.bounds) for point in points} == {("s", BUCKETS)}
    assert set(CASES) <= {exemplar.trace_id for point in points for exemplar in point.exemplars}
    for case in CASES.values():
        error_type = "503" if case.status == 503 else None
        assert (case.known_method, case.route, case.status, error_type, "http") in measured
