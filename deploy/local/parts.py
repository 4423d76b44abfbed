"""What the stack consists of: one entry a part, in the order in which the parts start.

With a Collector the services export to it and it exports to the backends; without one the viewer itself
listens on the Collector's ports, so that no service is configured differently.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.backends import plan_backends
from deploy.local.brokers import HOST, Broker
from deploy.local.collector import plan_collector
from deploy.local.part import Part
from deploy.local.services import SERVICES, Service
from deploy.local.settings import Settings

# A trace and its exemplar are to be seen within 5 s of the request: the SDK's defaults are 5 s and 60 s.
SPAN_DELAY_MILLIS = "500"
METRIC_INTERVAL_MILLIS = "2000"
ENVIRONMENT = "deployment.environment.name=local"


def plan_parts(settings: Settings, collector: Path | None, brokers: Mapping[str, Broker]) -> list[Part]:
    """List the parts in starting order; `collector` is the built binary, if there is one.

    A service whose broker is not among `brokers` is left out.
    """
    parts = plan_backends(settings, has_collector=collector is not None)
    if collector is not None:
        parts.append(plan_collector(settings, collector))
    parts += [
        _broker(settings, broker, broker.program) for broker in brokers.values() if broker.program is not None
    ]
    there = [service for service in SERVICES if not service.broker or service.broker in brokers]
    return parts + [_service(settings, service, brokers.get(service.broker)) for service in there]


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
        ports=settings.pick(port),
        address=settings.address_of(service),
        health_url=settings.health_of(service),
        environment={
            f"{service.prefix}_HOST": settings.host,
            port: str(settings.ports[port]),
            **settings.store_of(service, settings.state_dir),
            **({broker.variable: broker.url} if broker else {}),
            "OTEL_SERVICE_NAME": service.name,
            "OTEL_RESOURCE_ATTRIBUTES": os.environ.get("OTEL_RESOURCE_ATTRIBUTES", ENVIRONMENT),
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_ENDPOINT": settings.url("COLLECTOR_GRPC_PORT"),
            "OTEL_BSP_SCHEDULE_DELAY": SPAN_DELAY_MILLIS,
            "OTEL_BLRP_SCHEDULE_DELAY": SPAN_DELAY_MILLIS,
            "OTEL_METRIC_EXPORT_INTERVAL": METRIC_INTERVAL_MILLIS,
        },
    )
