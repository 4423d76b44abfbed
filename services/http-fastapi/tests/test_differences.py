"""What the four ways to instrument still do differently: a table in the README, generated and held to.

`pytest --readme-rewrite` writes it. Looked at are the server spans of a request, of a redirect and of a
WebSocket, and which HTTP metrics there are.
"""

import urllib.request
from collections.abc import Callable
from typing import Any, get_args

import pytest
from websockets.sync.client import connect

from http_fastapi.settings import HttpInstrumentation
from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.tables import ReadmeTables, markdown_table

WAYS = get_args(HttpInstrumentation)
TRACES = {"a" * 32: "request", "b" * 32: "redirect", "c" * 32: "WebSocket"}
EPHEMERAL = {"client.port"}

Facts = dict[str, str]


def facts_of(sink: Sink, port: str) -> Facts:
    facts = {f"metric `{point.name}`": "yes" for point in sink.metrics() if point.name.startswith("http.s")}
    for trace_id, what in TRACES.items():
        server = next(span for span in sink.trace(trace_id) if span.kind == "SERVER")
        facts[f"{what}: span name"] = f"`{server.name}`"
        for name, value in server.attributes.items():
            shown = "any" if name in EPHEMERAL else str(value).replace(port, "8000")
            facts[f"{what}: `{name}`"] = f"`{shown}`"
    return facts


def table_of(ways: dict[str, Facts]) -> str:
    facts = sorted({fact for facts in ways.values() for fact in facts})
    rows = [[fact, *(seen.get(fact, "") for seen in ways.values())] for fact in facts]
    return markdown_table(["", *ways], [row for row in rows if len(set(row[1:])) > 1])


def use(service: ServiceProcess) -> None:
    request, redirect, live = (
        {"traceparent": f"00-{trace_id}-{'d' * 16}-01", "User-Agent": "shopper"} for trace_id in TRACES
    )
    order = b'{"item": "tea"}'
    asked = (
        urllib.request.Request(
            f"{service.address}/orders", order, {**request, "Content-Type": "application/json"}
        ),
        urllib.request.Request(f"{service.address}/orders/", headers=redirect),
    )
    for each in asked:
        urllib.request.urlopen(each, timeout=5).close()
    address = service.address.replace("http", "ws")
    with connect(f"{address}/orders/live", additional_headers=live, user_agent_header=None):
        pass


@pytest.fixture
def observe(serve: Callable[..., ServiceProcess], service_command: Any, zero_code_command: Any) -> Any:
    def observed(way: str) -> Facts:
        command = zero_code_command if way == "zero-code" else service_command
        with Sink() as sink:
            service = serve(command, {**sink.environment(), "HTTP_INSTRUMENTATION": way})
            use(service)
            service.end()
        return facts_of(sink, service.address.rpartition(":")[2])

    return observed


def test_differences_that_remain_are_the_readmes_table(
    observe: Callable[[str], Facts], readme_table: ReadmeTables
) -> None:
    readme_table("instrumentations", table_of({way: observe(way) for way in WAYS}))
