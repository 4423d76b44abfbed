"""The service and the bank that it asks, which is this service, too, under another name."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from datadog_export.demo.collector import Collector
from otelkit import ConfigurationError
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

SERVICE, BANK = "datadog-export", "bank"
_COMMAND = [sys.executable, "-m", "datadog_export"]
_DEFAULTS = {
    "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=demo,service.namespace=shop",
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",  # Datadog alone: see README.md
}


@contextmanager
def running_shop(collector: Collector) -> Iterator["Shop"]:
    """Run both until the end. Raises ConfigurationError."""
    ports = {name: free_port() for name in (BANK, SERVICE)}
    bank = f"http://127.0.0.1:{ports[BANK]}"
    common = {name: os.environ.get(name) or value for name, value in _DEFAULTS.items()} | collector.sending
    with ExitStack() as ending:
        processes = []
        for name, port in ports.items():
            own = {
                "OTEL_SERVICE_NAME": name,
                "DATADOG_EXPORT_HOST": "127.0.0.1",
                "DATADOG_EXPORT_PORT": str(port),
            }
            own["DATADOG_EXPORT_BANK_URL"] = "" if name == BANK else bank
            processes.append(ending.enter_context(ServiceProcess(_COMMAND, common | own, port)))
        try:
            for process in processes:
                process.wait_until_listening()
        except AssertionError as error:
            raise ConfigurationError(str(error)) from None
        yield Shop(processes)


class Shop:
    """Both processes; the service comes last."""

    def __init__(self, processes: list[ServiceProcess]) -> None:
        self._processes = processes

    @property
    def address(self) -> str:
        """Where the service takes requests."""
        return self._processes[-1].address

    def end(self) -> None:
        """End both in order, which exports what they still have."""
        for process in reversed(self._processes):
            process.end()
