"""All dashboards, in the order in which they are worth reading; each is a module with one `dashboard()`."""

from collections.abc import Callable

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.dashboards import (
    collector_health,
    grpc,
    http,
    live_logs,
    nats,
    operator,
    overview,
    rabbitmq,
    slo,
    sql,
    telemetry_loss,
    trace_explorer,
)

DASHBOARDS: tuple[Callable[[], Dashboard], ...] = tuple(
    module.dashboard
    for module in (
        overview,
        slo,
        http,
        grpc,
        sql,
        nats,
        rabbitmq,
        operator,
        live_logs,
        trace_explorer,
        collector_health,
        telemetry_loss,
    )
)
