"""`make up`, `trace`, `status` and `logs` against one running stack with the real Collector."""

import re
import signal
from urllib.request import ProxyHandler, build_opener

import psutil
import pytest

from deploy.local.services import SERVICES
from otelkit.traces import TempoClient
from tests.e2e.local_stack import LocalStack
from tests.waiting import wait_until

pytestmark = pytest.mark.e2e

NAMES = ["viewer", "collector", "nats", "rabbitmq", *(service.name for service in SERVICES)]
TREE = """\
    POST [CLIENT] UNSET
    └─ POST /orders [SERVER] UNSET
       └─ store order [INTERNAL] UNSET
"""


def test_up_reports_every_part_and_ends_with_a_trace_and_the_addresses(
    stack: LocalStack, up_output: list[str]
) -> None:
    output = up_output[0]

    assert re.findall(r"^  (\S+): ready at", output, re.MULTILINE) == NAMES
    assert TREE in output
    assert f"http://127.0.0.1:{stack.ports['VIEWER_PORT']}/trace" in output


def test_trace_prints_the_tree_that_the_backend_has(stack: LocalStack) -> None:
    done = stack.run("trace")

    assert done.returncode == 0, done.stdout
    assert TREE in done.stdout
    trace_id = re.search(r"^trace ([0-9a-f]{32})", done.stdout, re.MULTILINE)
    assert trace_id is not None
    spans = TempoClient(f"http://127.0.0.1:{stack.ports['VIEWER_PORT']}").trace(trace_id[1])
    assert sorted(span.name for span in spans) == ["POST", "POST /orders", "store order"]


def test_page_of_the_printed_address_shows_the_trace(stack: LocalStack) -> None:
    address = re.search(r"^trace \w+: (http://\S+)", stack.run("trace").stdout, re.MULTILINE)

    assert address is not None
    assert "store order" in _read(address[1])


def test_spans_came_through_the_collector(stack: LocalStack) -> None:
    assert stack.run("trace").returncode == 0

    metrics = _read(f"http://127.0.0.1:{stack.ports['COLLECTOR_METRICS_PORT']}/metrics")
    sent = re.search(
        r'^otelcol_exporter_sent_spans\S*exporter="otlp_grpc/viewer"\S* (\d+)', metrics, re.MULTILINE
    )
    assert sent is not None
    assert int(sent[1]) >= 2


def test_status_is_a_plain_table_and_green(stack: LocalStack) -> None:
    done = stack.run("status")

    assert done.returncode == 0, done.stdout
    states = dict(re.findall(r"^(\S+) +(\S+)", done.stdout, re.MULTILINE))
    assert states == {"part": "state", **dict.fromkeys(NAMES, "healthy")}


def test_run_of_what_reads_back_asks_this_stack(stack: LocalStack) -> None:
    done = stack.run("run", "grafana-export")

    assert done.returncode == 0, done.stdout
    assert f"http://127.0.0.1:{stack.ports['VIEWER_PORT']}/trace/" in done.stdout


def test_run_of_what_reads_back_sends_where_it_is_told_to(stack: LocalStack) -> None:
    elsewhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "GRAFANA_EXPORT_SEND_SECONDS": "1"}

    done = stack.run("run", "grafana-export", **elsewhere)

    assert done.returncode == 1
    assert "wait for 127.0.0.1:1" in done.stdout


def test_second_up_says_so_and_changes_nothing(stack: LocalStack) -> None:
    before = sorted(process.pid for process in stack.processes())

    done = stack.run("up")

    assert done.returncode == 0, done.stdout
    assert "up already" in done.stdout
    assert f"http://127.0.0.1:{stack.ports['HTTP_FASTAPI_PORT']}" in done.stdout
    assert sorted(process.pid for process in stack.processes()) == before


def test_logs_of_a_part_are_printed(stack: LocalStack) -> None:
    done = stack.run("logs", "http-fastapi", FOLLOW="0")

    assert done.returncode == 0
    assert "order accepted" in done.stdout


def test_logs_of_an_unknown_part_name_the_known(stack: LocalStack) -> None:
    done = stack.run("logs", "nope", FOLLOW="0")

    assert done.returncode == 1
    assert "'nope'" in done.stdout
    assert "known are: collector, " in done.stdout
    assert all(service.name in done.stdout for service in SERVICES)


@pytest.mark.parametrize(
    "part", ["viewer", "collector", "nats", "rabbitmq", "http-fastapi", "grpc-four-modes"]
)
def test_killed_part_is_started_again_and_traces_go_on(stack: LocalStack, part: str) -> None:
    killed = stack.pid_of(part)
    psutil.Process(killed).send_signal(signal.SIGKILL)

    wait_until(lambda: stack.pid_of(part) not in {0, killed}, 30)
    wait_until(lambda: stack.run("status").returncode == 0, 30, lambda: stack.run("status").stdout)

    done = stack.run("trace")
    assert done.returncode == 0, done.stdout


def _read(url: str) -> str:
    with build_opener(ProxyHandler({})).open(url, timeout=10) as response:
        return str(response.read().decode())
