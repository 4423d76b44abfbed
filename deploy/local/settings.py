"""The local stack's settings: one environment variable each, with one documented default.

Everything listens on loopback unless STACK_HOST says otherwise. The ports are those of the other ways to
run the stack, so that an address in a README holds for all of them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.overlays import Overlay, find_overlays
from deploy.local.backend_programs import find_programs, ports_of
from deploy.local.destinations import read_destinations
from deploy.local.errors import StackError
from deploy.local.services import SERVICES, Service

ROOT = Path(__file__).resolve().parents[2]

PORTS = {
    "COLLECTOR_GRPC_PORT": 4317,
    "COLLECTOR_HTTP_PORT": 4318,
    "COLLECTOR_HEALTH_PORT": 13133,
    "COLLECTOR_METRICS_PORT": 8888,
    "NATS_PORT": 4222,
    "RABBITMQ_PORT": 5672,
}


@dataclass(frozen=True)
class Settings:
    """Where the stack keeps its state and where its parts listen; `ports` by the name of the setting.

    `programs` are the backends' by their names, none for the viewer; `overlays` where all is sent.
    """

    host: str
    state_dir: Path
    ports: Mapping[str, int]
    programs: Mapping[str, Path] = field(default_factory=dict)
    overlays: tuple[Overlay, ...] = ()
    grafana_home: str = ""

    @property
    def reach(self) -> str:
        """The address by which this machine reaches what listens on `host`."""
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host

    def pick(self, *names: str) -> dict[str, int]:
        """Give the ports with these settings."""
        return {name: self.ports[name] for name in names}

    def address_of(self, service: Service) -> str:
        """Give the address that clients of the service take."""
        setting = f"{service.prefix}_PORT"
        return f"{self.reach}:{self.ports[setting]}" if service.grpc_service else self.url(setting)

    def health_of(self, service: Service) -> str:
        """Give the URL of the service's health check; `grpc://` for that of gRPC."""
        if service.grpc_service:
            return f"grpc://{self.address_of(service)}/{service.grpc_service}"
        return self.url(f"{service.prefix}_PORT", "/healthz")

    def store_of(
        self, service: Service, folder: Path, environ: Mapping[str, str] = os.environ
    ) -> dict[str, str]:
        """Give the variable that says where the service keeps its data: as set, or a file in `folder`."""
        file = folder / f"{service.name}.sqlite"
        defaults = {}
        if service.database:
            defaults["DATABASE_URL"] = f"sqlite:///{file}"
        if service.store:
            defaults[f"{service.prefix}_STORE"] = str(file)
        return {name: environ.get(name, "").strip() or default for name, default in defaults.items()}

    def url(self, port_setting: str, path: str = "") -> str:
        """Give the HTTP address of the port with this setting."""
        return f"http://{self.reach}:{self.ports[port_setting]}{path}"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read every setting. Raises StackError that names the variable, its value and the remedy."""
    programs = find_programs(environ)
    services = {f"{service.prefix}_PORT": service.default_port for service in SERVICES}
    defaults = PORTS | ports_of(programs) | services
    ports = {name: _read_port(name, default, environ) for name, default in defaults.items()}
    _refuse_two_on_one_port(ports)
    state_dir = Path(environ.get("STATE_DIR") or ROOT / ".run").absolute()
    overlays = read_destinations(environ) or tuple(find_overlays(["grafana" if programs else "viewer"]))
    if programs and "viewer" in {overlay.name for overlay in overlays}:
        raise StackError("TO names viewer, in whose place are Tempo, Loki and Mimir here: name grafana")
    return Settings(
        _read_host(environ), state_dir, ports, programs, overlays, environ.get("GRAFANA_HOME", "").strip()
    )


def find_service(name: str) -> Service:
    """Find a service by its folder's name. Raises StackError that names those there are."""
    known = {service.name: service for service in SERVICES}
    if name not in known:
        given = f"there is no service {name!r}" if name else "name a service: SERVICE=..."
        raise StackError(f"{given}; known are: {', '.join(sorted(known))}")
    return known[name]


def _read_host(environ: Mapping[str, str]) -> str:
    host = environ.get("STACK_HOST", "").strip() or "127.0.0.1"
    if not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        raise StackError(f"STACK_HOST={host!r} is not an IPv4 address or host name (default 127.0.0.1)")
    return host


def _read_port(name: str, default: int, environ: Mapping[str, str]) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):  # noqa: PLR2004 - the ports there are
        raise StackError(f"{name}={text!r} is not a port: give a number from 1 to 65535 (default {default})")
    return int(text)


def _refuse_two_on_one_port(ports: Mapping[str, int]) -> None:
    taken: dict[int, str] = {}
    for name, port in ports.items():
        if port in taken:
            raise StackError(f"{taken[port]} and {name} are both {port}: give them different ports")
        taken[port] = name
