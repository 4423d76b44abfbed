"""The start of the operator: what is wrong is one message that names it, and exit code 1."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from k8s_operator.__main__ import main
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.kubernetes.kubeconfig import write_kubeconfig
from otelkit.testing.ports import free_port

Start = Callable[..., str]


@pytest.fixture
def start(
    reset_telemetry: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Start:
    """Start in this process, with an environment; gives what is said when it fails."""

    def run(**environment: str) -> str:
        for name, value in {"OTEL_SDK_DISABLED": "true", **environment}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr().err
        assert ended.value.code == 1
        assert "Traceback" not in said
        return said

    return run


def test_metrics_and_health_have_a_port_that_is_named_when_taken(cluster: Cluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {"KUBECONFIG": str(cluster.kubeconfig), "K8S_OPERATOR_PORT": port}
        done = subprocess.run(
            [sys.executable, "-m", "k8s_operator"],
            env={**os.environ, "OTEL_SDK_DISABLED": "true", **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert f"cannot listen at 127.0.0.1:{port}: K8S_OPERATOR_HOST, K8S_OPERATOR_PORT" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("K8S_OPERATOR_PORT", "99999"),
        ("K8S_OPERATOR_RENEW_SECONDS", "14"),
        ("K8S_OPERATOR_WEBHOOK_PORT", "8443"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
    ],
)
def test_wrong_setting_is_named(start: Start, cluster: Cluster, name: str, value: str) -> None:
    said = start(**{"KUBECONFIG": str(cluster.kubeconfig), "OTEL_SDK_DISABLED": "false", name: value})

    assert name.removeprefix("K8S_OPERATOR_").lower() in said.lower()


def test_kubeconfig_that_is_not_there_is_named(start: Start) -> None:
    assert "/nowhere/config" in start(KUBECONFIG="/nowhere/config")


def test_cluster_that_does_not_answer_is_named(start: Start, tmp_path: Path) -> None:
    port = free_port()

    said = start(KUBECONFIG=str(write_kubeconfig(tmp_path / "config", f"http://127.0.0.1:{port}")))

    assert str(port) in said


def test_cluster_without_the_resource_is_told_with_the_remedy(start: Start) -> None:
    with Cluster(given="") as empty:
        said = start(KUBECONFIG=str(empty.kubeconfig))

    assert "knows no MyApp" in said
    assert "crd.yaml" in said


def test_what_is_there_at_the_start_is_spared_by_the_garbage_collector() -> None:
    program = (
        "import gc; from k8s_operator.startup import spare_collector; "
        "before = len(gc.get_objects()); spare_collector(); print(before, len(gc.get_objects()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    before, after = map(int, done.stdout.split())
    assert before > 50_000
    assert after < 1_000
