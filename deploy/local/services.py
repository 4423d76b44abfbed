"""The services of the local stack: one line each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """One folder of services/: its module is run by `python -m`, its port is `<NAME>_PORT`.

    `demo` is the module that `make run` starts instead, for a service that has to be called to show anything.
    `grpc_service` is what the health check asks for, of a service that speaks gRPC and not HTTP.
    `reads_back` says that the demo asks the backends for what it sent: `make run` lets telemetry go there,
    instead of drawing it in the terminal.
    `needs_demo` says that the stack starts the demo, too: it brings what the service cannot be without.
    `database` says that it takes DATABASE_URL; without one it gets a file of SQLite beside the stack's state.
    `store` says that it keeps such a file of its own, at `<NAME>_STORE`.
    `broker` is the one it needs, by its name in `brokers.py`, whose address it takes as `<BROKER>_URL`.
    """

    name: str
    default_port: int
    demo: str = ""
    grpc_service: str = ""
    reads_back: bool = False
    needs_demo: bool = False
    database: bool = False
    store: bool = False
    broker: str = ""

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
    Service("nats-jetstream", 8003, demo="nats_jetstream.demo", broker="nats"),
    Service("rabbitmq-aio-pika", 8004, demo="rabbitmq_aio_pika.demo", broker="rabbitmq", store=True),
    Service("k8s-operator", 8005, demo="k8s_operator.demo", needs_demo=True),
    Service("datadog-export", 8006, demo="datadog_export.demo", reads_back=True),
    Service("grafana-export", 8007, demo="grafana_export.smoke", reads_back=True),
)
