"""The start of the operator: what is wrong is one message that names it, and exit code 1."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.kubernetes.kubeconfig import write_kubeconfig
from otelkit.testing.ports import free_port


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "k8s_operator"],
        env={**os.environ, "OTEL_SDK_DISABLED": "true", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_metrics_and_health_have_a_port_that_is_named_when_taken(cluster: Cluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = start(KUBECONFIG=str(cluster.kubeconfig), K8S_OPERATOR_PORT=port)

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
def test_wrong_setting_is_named(cluster: Cluster, name: str, value: str) -> None:
    done = start(**{"KUBECONFIG": str(cluster.kubeconfig), "OTEL_SDK_DISABLED": "false", name: value})

    assert done.returncode == 1
    assert name.removeprefix("K8S_OPERATOR_").lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_kubeconfig_that_is_not_there_is_named() -> None:
    done = start(KUBECONFIG="/nowhere/config")

    assert done.returncode == 1
    assert "/nowhere/config" in done.stderr
    assert "Traceback" not in done.stderr


def test_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    port = free_port()
    done = start(KUBECONFIG=str(write_kubeconfig(tmp_path / "config", f"http://127.0.0.1:{port}")))

    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_cluster_without_the_resource_is_told_with_the_remedy(tmp_path: Path) -> None:
    with Cluster(given="") as empty:
        done = start(KUBECONFIG=str(empty.kubeconfig))

    assert done.returncode == 1
    assert "knows no MyApp" in done.stderr
    assert "crd.yaml" in done.stderr
    assert "Traceback" not in done.stderr
