"""What each backend that takes OTLP documents, and the settings that point its overlay at a recorder.

`{url}` and `{target}` stand for the recorder. The sources are in the head of each overlay.
"""

from dataclasses import dataclass, field

from otelkit.signals import WIRES, Signal

TRACES, METRICS, LOGS = Signal.TRACES, Signal.METRICS, Signal.LOGS
KEY = "key4711"
Paths = dict[Signal, str]
Headers = dict[str, str]


def under(prefix: str, *signals: Signal) -> Paths:
    """Give the paths of OTLP over HTTP below a prefix; all three signals unless some are named."""
    return {signal: prefix + WIRES[signal].http_path for signal in signals or Signal}


def methods(*signals: Signal) -> Paths:
    """Give the methods of OTLP over gRPC."""
    return {signal: f"/{WIRES[signal].grpc_service}/Export" for signal in signals}


@dataclass(frozen=True)
class Backend:
    """One overlay: `paths` are all that it asks, `headers` those of every request, `more` of one signal's."""

    name: str
    settings: dict[str, str]
    paths: Paths
    headers: Headers = field(default_factory=dict)
    more: dict[Signal, Headers] = field(default_factory=dict)
    grpc: bool = False
    temporality: str = "CUMULATIVE"
    base_only: bool = True  # needs nothing but the components of `make collector`

    def __str__(self) -> str:
        return self.name


AZURE = {
    TRACES: "/datacollectionRules/dcr-1/streams/Microsoft-OTLP-Traces/otlp/v1/traces",
    METRICS: "/datacollectionRules/dcr-1/streams/microsoft-otelmetrics/otlp/v1/metrics",
    LOGS: "/datacollectionRules/dcr-1/streams/Microsoft-OTLP-Logs/otlp/v1/logs",
}
BACKENDS = [
    Backend("jaeger", {"COLLECTOR_TO_JAEGER_ENDPOINT": "{target}"}, methods(TRACES), grpc=True),
    Backend(
        "elastic",
        {"ELASTIC_OTLP_ENDPOINT": "{url}", "ELASTIC_API_KEY": KEY},
        under(""),
        {"authorization": f"ApiKey {KEY}"},
        temporality="DELTA",
        base_only=False,
    ),
    Backend(
        "newrelic",
        {"COLLECTOR_TO_NEWRELIC_ENDPOINT": "{url}", "NEW_RELIC_LICENSE_KEY": KEY},
        under(""),
        {"api-key": KEY},
    ),
    Backend(
        "honeycomb",
        {"COLLECTOR_TO_HONEYCOMB_ENDPOINT": "{url}", "HONEYCOMB_API_KEY": KEY},
        under(""),
        {"x-honeycomb-team": KEY},
        {METRICS: {"x-honeycomb-dataset": "metrics"}},
    ),
    Backend(
        "dynatrace",
        {"DYNATRACE_OTLP_ENDPOINT": "{url}/api/v2/otlp", "DYNATRACE_API_TOKEN": KEY},
        under("/api/v2/otlp"),
        {"authorization": f"Api-Token {KEY}"},
        temporality="DELTA",
        base_only=False,
    ),
    Backend(
        "splunk",
        {"COLLECTOR_TO_SPLUNK_ENDPOINT": "{url}", "SPLUNK_ACCESS_TOKEN": KEY},
        {TRACES: "/v2/trace/otlp", METRICS: "/v2/datapoint/otlp"},
        {"x-sf-token": KEY},
    ),
    Backend(
        "lightstep",
        {
            "COLLECTOR_TO_LIGHTSTEP_ENDPOINT": "{target}",
            "COLLECTOR_TO_LIGHTSTEP_INSECURE": "true",
            "LIGHTSTEP_ACCESS_TOKEN": KEY,
        },
        methods(TRACES, METRICS),
        {"lightstep-access-token": KEY},
        grpc=True,
    ),
    Backend(
        "grafana-cloud",
        {"GRAFANA_CLOUD_OTLP_ENDPOINT": "{url}/otlp", "GRAFANA_CLOUD_BASIC": KEY},
        under("/otlp"),
        {"authorization": f"Basic {KEY}"},
    ),
    Backend(
        "azure-monitor",
        {f"AZURE_MONITOR_{signal.upper()}_ENDPOINT": f"{{url}}{path}" for signal, path in AZURE.items()},
        AZURE,
        {"authorization": f"Bearer {KEY}"},
        temporality="DELTA",
        base_only=False,
    ),
    Backend(
        "aws-xray",
        {
            **{f"COLLECTOR_TO_AWS_{host}_ENDPOINT": "{url}" for host in ("XRAY", "MONITORING", "LOGS")},
            "AWS_REGION": "eu-central-1",
            "AWS_LOG_GROUP": "shop",
            "AWS_LOG_STREAM": "stock",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": KEY,
        },
        under(""),
        more={LOGS: {"x-aws-log-group": "shop", "x-aws-log-stream": "stock"}},
        base_only=False,
    ),
    Backend(
        "sentry",
        {"SENTRY_OTLP_ENDPOINT": "{url}/api/42/integration/otlp", "SENTRY_PUBLIC_KEY": KEY},
        under("/api/42/integration/otlp", TRACES, LOGS),
        {"x-sentry-auth": f"sentry sentry_key={KEY}"},
    ),
    Backend(
        "victoriametrics",
        {f"COLLECTOR_TO_VICTORIA{part}_ENDPOINT": "{url}" for part in ("METRICS", "LOGS", "TRACES")},
        {
            METRICS: "/opentelemetry/v1/metrics",
            LOGS: "/insert/opentelemetry/v1/logs",
            TRACES: "/insert/opentelemetry/v1/traces",
        },
    ),
]
