"""Where the containers are reached from this machine, as parts of a stack."""

import re
from collections.abc import Iterable
from pathlib import Path

from deploy.compose.project import FOLDER, Config
from deploy.local.part import Part

SCHEMES = {  # of what does not speak HTTP
    "postgres": "postgresql://",
    "nats": "nats://",
    "rabbitmq": "amqp://",
    "valkey": "redis://",
    "collector": "",
    "grpc-four-modes": "",
}


def parts_of(config: Config, services: Iterable[str]) -> list[Part]:
    """Describe each service that has a port on this machine."""
    settings = _port_settings()
    published = {name: config["services"][name].get("ports", []) for name in services}
    collector = _address(config["services"]["collector"]["ports"][0])
    return [
        Part(
            name=name,
            runs_as=config["services"][name]["image"],
            command=(),
            ports={settings[name, port["target"]]: int(port["published"]) for port in ports},
            address=SCHEMES.get(name, "http://") + _address(ports[0]),
            health_url="",
            environment={
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector}",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
                **_destination(config["services"][name]),
            },
        )
        for name, ports in published.items()
        if ports
    ]


def _destination(service: Config) -> dict[str, str]:
    return {name: value for name, value in service.get("environment", {}).items() if name == "TO"}


def _address(port: dict[str, str]) -> str:
    host = port.get("host_ip", "") or "127.0.0.1"
    return f"{'127.0.0.1' if host == '0.0.0.0' else host}:{port['published']}"


def _port_settings() -> dict[tuple[str, int], str]:
    """Read from the files which setting each port has: the merged configuration has only numbers."""
    found = {}
    for file in FOLDER.glob("*.yaml"):
        found.update(_settings_in(file))
    return found


def _settings_in(file: Path) -> dict[tuple[str, int], str]:
    found, service = {}, ""
    for line in file.read_text().splitlines():
        if name := re.fullmatch(r"  ([a-z0-9-]+):", line):
            service = name[1]
        for setting, target in re.findall(r"\$\{(\w+_PORT):-\d+\}:(\d+)\"", line):
            found[service, int(target)] = setting
    return found
