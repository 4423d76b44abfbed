"""What each service is to be known by in each signal: adding a service is one line here.

Attributes are those of the conventions, as spans and metrics have them; a backend's labels have underscores.
"""

from typing import NamedTuple


class Signals(NamedTuple):
    """A service's span, a log line written within a trace, and a histogram, each with what it has to say.

    `log` is a part of the line's text; a service without such lines has one that belongs to no trace.
    """

    service: str
    span: str
    span_attributes: tuple[str, ...]
    log: str
    histogram: str
    metric_attributes: tuple[str, ...]
    logs_in_traces: bool = True


_HTTP = ("http.request.method", "http.route", "http.response.status_code", "url.scheme")
_HTTP_SPAN = (*_HTTP, "url.path", "server.address")
_HTTP_SECONDS = "http_server_request_duration_seconds"
_RPC = ("rpc.system.name", "rpc.method", "rpc.response.status_code")
_SQL = ("db.system.name", "db.namespace", "db.operation.name", "db.query.summary")
_MESSAGING = ("messaging.system", "messaging.operation.name", "messaging.destination.name", "server.address")
_MESSAGE = (*_MESSAGING, "messaging.operation.type", "messaging.message.id")
_KOPF = ("kopf.handler.id", "kopf.reason", "kopf.outcome", "kopf.resource.plural")
_KOPF_SPAN = (*_KOPF, "kopf.object.uid", "k8s.namespace.name")

_RPC_SECONDS, _SQL_SECONDS = "rpc_server_call_duration_seconds", "db_client_operation_duration_seconds"
_PROCESS_SECONDS, _KOPF_SECONDS = "messaging_process_duration_seconds", "kopf_handler_duration_seconds"
_RESERVE, _PLACED = "shop.stock.v1.Stock/Reserve", "process orders.placed"
_SHIPMENT = "process shop.shipments:shipment.requested.standard:shipments.standard"

MATRIX = (
    Signals("http-fastapi", "POST /orders", _HTTP_SPAN, "order accepted", _HTTP_SECONDS, _HTTP),
    Signals("grpc-four-modes", _RESERVE, _RPC, "serving", _RPC_SECONDS, _RPC, logs_in_traces=False),
    Signals("sql-sqlalchemy", "INSERT orders", _SQL, "message dispatched", _SQL_SECONDS, _SQL),
    Signals("nats-jetstream", _PLACED, _MESSAGE, "order fulfilled", _PROCESS_SECONDS, _MESSAGING),
    Signals("rabbitmq-aio-pika", _SHIPMENT, _MESSAGE, "is dead", _PROCESS_SECONDS, _MESSAGING),
    Signals("k8s-operator", "update myapps", _KOPF_SPAN, "app refused", _KOPF_SECONDS, _KOPF),
    Signals("datadog-export", "POST /refunds", _HTTP_SPAN, "refund paid", _HTTP_SECONDS, _HTTP),
    Signals("grafana-export", "POST /quotes", _HTTP_SPAN, "quote given", "shop_quote_duration_seconds", ()),
)
COLLECTOR = (
    "otelcol_receiver_accepted_spans_total",
    "otelcol_receiver_accepted_metric_points_total",
    "otelcol_receiver_accepted_log_records_total",
    "otelcol_exporter_sent_spans_total",
    "otelcol_exporter_queue_size",
    "otelcol_exporter_queue_capacity",
    "otelcol_process_memory_rss_bytes",
)
