"""A stack of its own under the fixed load, and the backends in which its telemetry is to be found.

With TEMPO_BIN, LOKI_BIN and MIMIR_BIN these are the real ones. Without, the viewer takes all three signals
through the very same overlay of the Collector, and a real Prometheus beside it answers any PromQL.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from collector.merging import merge
from deploy.local.backends import backends_of
from deploy.local.part import Part
from deploy.local.settings import ROOT
from deploy.local.state import read_record
from otelkit.backends import Backends, PrometheusClient
from tests.e2e.load.bank import open_bank
from tests.e2e.load.rounds import run_load, settings_under_load
from tests.e2e.local_stack import LocalStack
from tests.e2e.prometheus_server import impatient_rules, start_prometheus

_BINS = ("TEMPO_BIN", "LOKI_BIN", "MIMIR_BIN")
_OVERLAYS = ROOT / "collector" / "to-grafana.yaml", ROOT / "tests" / "e2e" / "to-prometheus.yaml"


@dataclass(frozen=True)
class ShopUnderLoad:
    """`backends` are what `make up` started; `promql` answers any PromQL."""

    stack: LocalStack
    parts: Mapping[str, Part]
    backends: Backends
    promql: PrometheusClient
    is_lgtm: bool


@contextmanager
def shop_under_load(folder: Path) -> Iterator[ShopUnderLoad]:
    """Start it and run the load to its end; everything has ended after the block."""
    with ExitStack() as until_the_end:
        bank = until_the_end.enter_context(open_bank())
        settings, prometheus = _backends(folder, until_the_end)
        stack = LocalStack(folder / "run", **settings, **settings_under_load(bank))
        until_the_end.callback(stack.kill)
        shop = _up(stack, prometheus)
        run_load(shop.parts, bank, stack.state_dir)
        yield shop


def _backends(folder: Path, until_the_end: ExitStack) -> tuple[dict[str, str], PrometheusClient | None]:
    bins = {name: os.environ[name] for name in _BINS if os.environ.get(name)}
    if bins:
        impatient_rules(folder / "rules" / "anonymous")
        rules = {"MIMIR_RULES_DIR": str(folder / "rules"), "MIMIR_RULES_DELAY": "0s"}
        return bins | rules | {"TEMPO_METRICS_INTERVAL": "2s"}, None
    server = until_the_end.enter_context(start_prometheus(folder / "prometheus"))
    endpoint = f"{server.url}/api/v1/write"
    overlay = folder / "to-grafana-and-prometheus.yaml"
    overlay.write_text(yaml.safe_dump(merge([yaml.safe_load(file.read_text()) for file in _OVERLAYS])))
    settings = {"TO": str(overlay), "COLLECTOR_TO_PROMETHEUS_ENDPOINT": endpoint}
    return settings, PrometheusClient(server.url)


def _up(stack: LocalStack, prometheus: PrometheusClient | None) -> ShopUnderLoad:
    done = stack.run("up")
    assert done.returncode == 0, done.stdout
    record = read_record(stack.state_dir)
    assert record is not None
    parts = {part.name: part for part in record.parts}
    backends = backends_of(parts)
    return ShopUnderLoad(stack, parts, backends, prometheus or backends.metrics, prometheus is None)
