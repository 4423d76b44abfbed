"""`make run SERVICE=k8s-operator`: what is shown arrives, and nothing is left behind."""

import os
import signal
import sys

import psutil

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

SHOWN = ["kubectl apply", "create myapps", "update myapps", "kubectl edit", "event deployments"]


def test_demo_shows_a_release_an_update_and_a_drift_and_ends_what_it_began(otlp_sink: Sink) -> None:
    port = free_port()
    settings = {**otlp_sink.environment(), "K8S_OPERATOR_PORT": str(port), "KUBECONFIG": ""}
    command = [sys.executable, "-m", "k8s_operator.demo"]
    with ServiceProcess(command, {**os.environ, **settings}, port) as demo:
        demo.wait_until_listening(60)
        otlp_sink.wait_for_spans(
            lambda spans: set(SHOWN) <= {span.name for span in spans}, timeout_seconds=60
        )
        began = psutil.Process(demo.process.pid).children(recursive=True)
        demo.end(signal.SIGTERM)

    assert demo.process.returncode == 0
    assert not psutil.wait_procs(began, timeout=10)[1]
    assert {span.service_name for span in otlp_sink.spans()} == {"k8s-operator", "pipeline"}
