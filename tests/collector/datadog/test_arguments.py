"""What the overlay wants on the command line is there however the stack is started."""

from pathlib import Path

import yaml

from collector.overlays import find_overlays
from deploy.compose.destinations import override_file, write_override
from deploy.compose.project import FOLDER
from deploy.local.collector import plan_collector
from deploy.local.settings import ROOT, read_settings

GATE = "--feature-gates=-exporter.datadogexporter.metricexportserializerclient"
TO = ("viewer", "datadog")


def test_arguments_stand_in_the_head_of_the_overlay() -> None:
    assert [one.arguments() for one in find_overlays(TO)] == [[], [GATE]]


def test_compose_gives_them_after_its_own(tmp_path: Path) -> None:
    environ = {"STATE_DIR": str(tmp_path)}
    write_override(find_overlays(TO), environ)
    file = override_file(environ)
    ours = yaml.safe_load((FOLDER / "collector.yaml").read_text())["services"]["collector"]

    assert file is not None
    command = yaml.safe_load(file.read_text())["services"]["collector"]["command"]
    assert command == [*ours["command"], GATE]


def test_the_local_stack_gives_them(tmp_path: Path) -> None:
    settings = read_settings({"STATE_DIR": str(tmp_path), "TO": "datadog", "DD_API_KEY": "0"})

    assert plan_collector(settings, Path("otelcol")).command[-1] == GATE


def test_kubernetes_gives_them() -> None:
    kustomization = yaml.safe_load((ROOT / "deploy/k8s/overlays/datadog/kustomization.yaml").read_text())
    patches = [one for patch in kustomization["patches"] for one in yaml.safe_load(patch.get("patch", "[]"))]

    assert GATE in [one["value"] for one in patches if one["path"].endswith("/args/-")]
