"""The real Collector takes what the merge makes, and a full queue of one backend is nothing to the other."""

import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from collector.merging import BASE, merged_text
from collector.overlays import find_overlays, known_names
from deploy.k8s.collector_check import collector_findings
from deploy.k8s.collector_configs import CollectorConfig
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from tests.collector.payloads import send_spans, span
from tests.collector.process import RunningCollector

NAMES = known_names()
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "placeholder"}
SPANS = 300
REFUSED = re.compile(r'enqueue_failed_spans\{exporter="otlp_grpc/jaeger".*\} (\d+)')


def settings(names: list[str]) -> dict[str, str]:
    """A value for everything that has no default."""
    texts = "".join(overlay.file.read_text() for overlay in find_overlays(names))
    needed = re.findall(r"\$\{env:(\w+)\}", texts)
    return {**dict.fromkeys(needed, "https://placeholder.test:443"), **CREDENTIALS}


@pytest.mark.parametrize("names", [*pairwise([*NAMES, NAMES[0]]), NAMES], ids=",".join)
def test_composed_configuration_is_valid(vendors_binary: Path, names: list[str]) -> None:
    text = merged_text(find_overlays(names))

    assert [*collector_findings(CollectorConfig("c", {"c": text}, settings(names)), vendors_binary)] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "azure-monitor"])
def test_one_overlay_alone_is_what_the_collectors_own_merge_makes(
    vendors_binary: Path, tmp_path: Path, name: str
) -> None:
    (overlay,) = find_overlays([name])
    merged = tmp_path / "merged.yaml"
    merged.write_text(merged_text([overlay]))

    assert print_config(vendors_binary, name, merged) == print_config(
        vendors_binary, name, BASE.file, overlay.file
    )


def print_config(binary: Path, name: str, *files: Path) -> str:
    flags = [f"--config={file}" for file in files]
    environ = {**os.environ, **settings([name])}
    done = subprocess.run(
        [binary, "print-config", *flags], env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


class ToBoth(RunningCollector):
    """Jaeger first, so that its queue is asked before the viewer's."""

    def configs(self) -> list[Path]:
        file = self.folder / "collector.yaml"
        file.write_text(merged_text(find_overlays(["jaeger", "viewer"])))
        return [file]


def test_full_queue_of_one_backend_is_counted_for_it_and_refused_to_nobody(
    collector_binary: Path, tmp_path: Path, sink: Sink
) -> None:
    nowhere = {"COLLECTOR_TO_JAEGER_ENDPOINT": f"127.0.0.1:{free_port()}"}
    endpoint = sink.grpc_endpoint.removeprefix("http://")
    with ToBoth(collector_binary, tmp_path, endpoint, COLLECTOR_QUEUE_BYTES="100000", **nowhere) as collector:
        for number in range(1, SPANS + 1):  # one a request; a refusal raises
            send_spans(collector.grpc_target, [span(number, {"filler": "x" * 1000})])
            if number % 50 == 0:  # the viewer's own queue is as small
                sink.wait_for_spans(number)
        counted = REFUSED.findall(collector.get("METRICS_PORT", "/metrics")[1])

    assert sorted(int(one.span_id, 16) for one in sink.spans()) == list(range(1, SPANS + 1))
    assert 100 < int(counted[0]) < SPANS
