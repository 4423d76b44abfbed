"""The local stack's settings: one environment variable each, with one documented default.

Everything listens on loopback unless STACK_HOST says otherwise. The ports are those of the other ways to
run the stack, so that an address in a README holds for all of them.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PORTS = {
    "VIEWER_PORT": 3000,
    "COLLECTOR_GRPC_PORT": 4317,
    "COLLECTOR_HTTP_PORT": 4318,
    "COLLECTOR_HEALTH_PORT": 13133,
    "COLLECTOR_METRICS_PORT": 8888,
    "VIEWER_OTLP_GRPC_PORT": 14317,
    "VIEWER_OTLP_HTTP_PORT": 14318,
}


class StackError(Exception):
    """Something that the person at the terminal has to know; the message is one clear line or block."""


@dataclass(frozen=True)
class Service:
    """One folder of services/: its module is run by `python -m`, its port is `<NAME>_PORT`.

    `demo` is the module that `make run` starts instead, for a service that has to be called to show anything.
    `grpc_service` is what the health check asks for, of a service that speaks gRPC and not HTTP.
    `needs_demo` says that the stack starts the demo, too: it brings what the service cannot be without.
    `database` says that it takes DATABASE_URL; without one it gets a file of SQLite beside the stack's state.
    """

    name: str
    default_port: int
    demo: str = ""
    grpc_service: str = ""
    needs_demo: bool = False
    database: bool = False

    @property
    def module(self) -> str:
        """The package that `python -m` runs."""
        return self.name.replace("-", "_")

    @property
    def started(self) -> str:
        """The module that the stack starts."""
        return self.demo if self.needs_demo else self.module

    @property
    def prefix(self) -> str:
        """What the service's own settings begin with."""
        return self.module.upper()


# Adding a service to the local stack is one line here.
SERVICES = (
    Service("http-fastapi", 8000),
    Service("grpc-four-modes", 50051, demo="grpc_four_modes.demo", grpc_service="shop.stock.v1.Stock"),
    Service("sql-sqlalchemy", 8002, database=True),
    Service("k8s-operator", 8005, demo="k8s_operator.demo", needs_demo=True),
)


@dataclass(frozen=True)
class Settings:
    """Where the stack keeps its state and where its parts listen; `ports` by the name of the setting."""

    host: str
    state_dir: Path
    ports: Mapping[str, int]

    @property
    def reach(self) -> str:
        """The address by which this machine reaches what listens on `host`."""
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host

    def address_of(self, service: Service) -> str:
        """Give the address that clients of the service take."""
        setting = f"{service.prefix}_PORT"
        return f"{self.reach}:{self.ports[setting]}" if service.grpc_service else self.url(setting)

    def health_of(self, service: Service) -> str:
        """Give the URL of the service's health check; `grpc://` for that of gRPC."""
        if service.grpc_service:
            return f"grpc://{self.address_of(service)}/{service.grpc_service}"
        return self.url(f"{service.prefix}_PORT", "/healthz")

    def database_url(self, service: Service, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Give DATABASE_URL for a service that takes it."""
        if not service.database:
            return {}
        file = self.state_dir / f"{service.name}.sqlite"
        return {"DATABASE_URL": environ.get("DATABASE_URL", "").strip() or f"sqlite:///{file}"}

    def url(self, port_setting: str, path: str = "") -> str:
        """Give the HTTP address of the port with this setting."""
        return f"http://{self.reach}:{self.ports[port_setting]}{path}"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read every setting. Raises StackError that names the variable, its value and the remedy."""
    defaults = PORTS | {f"{service.prefix}_PORT": service.default_port for service in SERVICES}
    ports = {name: _read_port(name, default, environ) for name, default in defaults.items()}
    _refuse_two_on_one_port(ports)
    state_dir = Path(environ.get("STATE_DIR") or ROOT / ".run").absolute()
    return Settings(_read_host(environ), state_dir, ports)


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
