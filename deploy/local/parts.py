"""What the stack consists of: one entry a part, in the order in which the parts start.

With a Collector the services export to it and it exports to the viewer; without one the viewer itself
listens on the Collector's ports, so that no service is configured differently.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.brokers import HOST, Broker
from deploy.local.services import SERVICES, Service
from deploy.local.settings import ROOT, Settings

# A trace is to be seen soon after its request: the SDK's default is to wait 5000 ms for a fuller batch.
SPAN_DELAY_MILLIS = "500"
METRIC_INTERVAL_MILLIS = "10000"


@dataclass(frozen=True)
class Part:
    """One process: `ports` are those it listens on, by the setting that changes them.

    `further_ports` move with the first of these settings.
    """

    name: str
    runs_as: str
    command: tuple[str, ...]
    ports: Mapping[str, int]
    address: str
    health_url: str
    environment: Mapping[str, str]
    further_ports: Sequence[int] = ()


def plan_parts(settings: Settings, collector: Path | None, brokers: Mapping[str, Broker]) -> list[Part]:
    """List the parts in starting order; `collector` is the built binary, if there is one.

    A service whose broker is not among `brokers` is left out.
    """
    parts = [_viewer(settings, direct=collector is None)]
    if collector is not None:
        parts.append(_collector(settings, collector))
    parts += [
        _broker(settings, broker, broker.program) for broker in brokers.values() if broker.program is not None
    ]
    there = [service for service in SERVICES if not service.broker or service.broker in brokers]
    return parts + [_service(settings, service, brokers.get(service.broker)) for service in there]


def _pick(settings: Settings, *names: str) -> dict[str, int]:
    return {name: settings.ports[name] for name in names}


def _viewer(settings: Settings, *, direct: bool) -> Part:
    prefix = "COLLECTOR" if direct else "VIEWER_OTLP"
    grpc, http = f"{prefix}_GRPC_PORT", f"{prefix}_HTTP_PORT"
    command = [sys.executable, "-m", "otelkit.viewer", "--host", settings.host]
    command += ["--port", str(settings.ports["VIEWER_PORT"])]
    command += ["--otlp-grpc-port", str(settings.ports[grpc]), "--otlp-http-port", str(settings.ports[http])]
    command += ["--database", str(settings.state_dir / "viewer.sqlite")]
    return Part(
        name="viewer",
        runs_as="embedded backend, SQLite" + (", OTLP straight from the services" if direct else ""),
        command=tuple(command),
        ports=_pick(settings, "VIEWER_PORT", grpc, http),
        address=settings.url("VIEWER_PORT"),
        health_url=settings.url("VIEWER_PORT", "/healthz"),
        environment={},
    )


def _collector(settings: Settings, binary: Path) -> Part:
    folder = ROOT / "collector"
    names = ("GRPC_PORT", "HTTP_PORT", "HEALTH_PORT", "METRICS_PORT")
    ports = _pick(settings, *(f"COLLECTOR_{name}" for name in names))
    return Part(
        name="collector",
        runs_as="OpenTelemetry Collector, base + to-viewer",
        command=(
            str(binary),
            *("--config", str(folder / "base.yaml")),
            *("--config", str(folder / "to-viewer.yaml")),
        ),
        ports=ports,
        address=f"{settings.reach}:{ports['COLLECTOR_GRPC_PORT']}",
        health_url=settings.url("COLLECTOR_HEALTH_PORT", "/"),
        environment={
            **{name: str(port) for name, port in ports.items()},
            "COLLECTOR_HOST": settings.host,
            "COLLECTOR_STORAGE_DIR": str(settings.state_dir / "collector-storage"),
            "COLLECTOR_TO_VIEWER_ENDPOINT": f"{settings.reach}:{settings.ports['VIEWER_OTLP_GRPC_PORT']}",
        },
    )


def _broker(settings: Settings, broker: Broker, program: Path) -> Part:
    recipe, setting = broker.recipe, f"{broker.recipe.name.upper()}_PORT"
    port = settings.ports[setting]
    return Part(
        name=recipe.name,
        runs_as=str(program),
        command=tuple(recipe.command(program, broker.folder, port)),
        ports={setting: port},
        address=broker.url,
        health_url=f"{recipe.name}://{HOST}:{port}",
        environment={"HOME": str(broker.folder), **recipe.environment(broker.folder, port)},
        further_ports=tuple(recipe.more_ports(port)),
    )


def _service(settings: Settings, service: Service, broker: Broker | None) -> Part:
    port = f"{service.prefix}_PORT"
    return Part(
        name=service.name,
        runs_as=f"python -m {service.started}",
        command=(sys.executable, "-m", service.started),
        ports=_pick(settings, port),
        address=settings.address_of(service),
        health_url=settings.health_of(service),
        environment={
            f"{service.prefix}_HOST": settings.host,
            port: str(settings.ports[port]),
            **settings.store_of(service, settings.state_dir),
            **({broker.variable: broker.url} if broker else {}),
            "OTEL_SERVICE_NAME": service.name,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_ENDPOINT": settings.url("COLLECTOR_GRPC_PORT"),
            "OTEL_BSP_SCHEDULE_DELAY": SPAN_DELAY_MILLIS,
            "OTEL_BLRP_SCHEDULE_DELAY": SPAN_DELAY_MILLIS,
            "OTEL_METRIC_EXPORT_INTERVAL": METRIC_INTERVAL_MILLIS,
        },
    )
