"""What holds for every overlay: names, needs, pages, sources, and the Collector that can run it."""

import re
from pathlib import Path

import pytest

from collector.components import missing_components
from collector.merging import merge
from collector.overlays import Overlay, find_overlays, known_names
from collector.toolchain import FOLDER
from deploy.k8s.collector_check import collector_findings
from deploy.k8s.collector_configs import CollectorConfig
from tests.collector.send_to.backends import BACKENDS, Backend
from tests.collector.send_to.index_table import INDEX, index_table, page_of

OVERLAYS = find_overlays(known_names())
FOREIGN = [one for one in OVERLAYS if one.name not in ("viewer", "grafana")]  # those are of our own stack
BASE = Overlay("base", FOLDER / "base.yaml")
MOST_PAGE_LINES = 40
# Overlays whose page is that of a service, too.
PROMISED = {
    *("jaeger", "elastic", "newrelic", "honeycomb", "dynatrace", "splunk", "lightstep", "grafana-cloud"),
    *("azure-monitor", "aws-xray", "sentry", "clickhouse", "victoriametrics", "prometheus", "kafka", "files"),
}

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda one: one.name)
each_foreign = pytest.mark.parametrize("overlay", FOREIGN, ids=lambda one: one.name)
each_promised = pytest.mark.parametrize(
    "overlay", [one for one in OVERLAYS if one.name in PROMISED], ids=lambda one: one.name
)


def test_there_is_an_overlay_for_every_backend() -> None:
    assert {overlay.name for overlay in OVERLAYS} >= PROMISED


@each_overlay
def test_an_overlay_says_that_it_needs_what_has_no_default(overlay: Overlay) -> None:
    without_default = set(re.findall(r"\$\{env:(\w+)\}", overlay.file.read_text()))
    needed = {name for names in overlay.needs() for name in names}

    assert without_default <= needed <= overlay.variables()


@each_promised
def test_batches_are_bounded_by_items(overlay: Overlay) -> None:
    """By bytes, one item above the bound takes the whole batch with it, and nothing counts that."""
    queues = [one["sending_queue"] for one in overlay.read()["exporters"].values() if "sending_queue" in one]

    assert [queue["batch"]["sizer"] for queue in queues] == ["items"] * len(queues)
    assert bool(queues) == (overlay.name != "files")


@each_promised
def test_an_overlay_cites_a_page_of_its_backend_in_its_head(overlay: Overlay) -> None:
    head = overlay.file.read_text().partition("\n\n")[0].partition("\nexporters:")[0]

    assert re.search(r"^# .*https://", head, re.MULTILINE)


@each_promised
def test_an_overlay_has_a_page_of_at_most_forty_lines(overlay: Overlay) -> None:
    page = page_of(overlay)

    assert page is not None
    lines = len(page.read_text().splitlines())
    assert lines <= MOST_PAGE_LINES


@each_foreign
def test_all_that_an_overlay_adds_has_the_name_of_its_backend(overlay: Overlay) -> None:
    content = overlay.read()
    base = BASE.read()
    backend = overlay.name.replace("-", "_").removesuffix("_agent")
    pipelines = content["service"]["pipelines"]
    added = [name for name in pipelines if name not in base["service"]["pipelines"]]
    added += [name for section, components in content.items() if section != "service" for name in components]

    assert [name for name in added if backend not in name] == []


@each_foreign
def test_an_overlay_keeps_the_extensions_of_the_base(overlay: Overlay) -> None:
    extensions = overlay.read()["service"].get("extensions")

    assert extensions is None or extensions[:2] == BASE.read()["service"]["extensions"]


@pytest.mark.parametrize("backend", BACKENDS, ids=str)
def test_a_backend_that_needs_no_more_runs_with_the_base_collector(
    collector_binary: Path, vendors_binary: Path, backend: Backend
) -> None:
    (overlay,) = find_overlays([backend.name])
    merged = merge([BASE.read(), overlay.read()])

    assert (missing_components(merged, collector_binary) == []) == backend.base_only
    left = missing_components(merged, vendors_binary)
    assert left == ([("extensions", "azure_auth/azure_monitor")] if backend.name == "azure-monitor" else [])


@pytest.mark.parametrize(
    ("options", "wrong"), [("use_default: true", []), ("use_defaults: true", ["use_defaults"])]
)
def test_azure_monitor_is_checked_by_schema(vendors_binary: Path, options: str, wrong: list[str]) -> None:
    (overlay,) = find_overlays(["azure-monitor"])
    files = {
        "base.yaml": BASE.file.read_text(),
        "overlay.yaml": overlay.file.read_text().replace("use_default: true", options),
    }
    endpoints = {name: "https://a.test/v1/traces" for names in overlay.needs() for name in names}

    findings = "\n".join(collector_findings(CollectorConfig("azure", files, endpoints), vendors_binary))

    assert bool(findings) == bool(wrong)
    assert all(one in findings for one in wrong)


def test_the_index_has_a_row_for_every_overlay(collector_binary: Path) -> None:
    table = index_table(collector_binary)

    assert table in INDEX.read_text(), f"docs/send-to/README.md should have this table:\n{table}"
