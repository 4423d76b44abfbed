"""Where each overlay sends when no setting says otherwise, as the Collector itself reads it."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.toolchain import FOLDER

SPLUNK = "https://ingest.eu0.observability.splunkcloud.com"
WITH_AWS = {"AWS_REGION": "eu-central-1", "AWS_LOG_GROUP": "shop", "AWS_LOG_STREAM": "stock"}
# Overlay, settings, and the fields below `exporters` with their values.
ADDRESSES: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    ("jaeger", {}, {"otlp_grpc/jaeger.endpoint": "jaeger:4317"}),
    (
        "newrelic",
        {},
        {
            "otlp_http/newrelic.endpoint": "https://otlp.nr-data.net",
            "otlp_http/newrelic_metrics.endpoint": "https://otlp.nr-data.net",
        },
    ),
    (
        "honeycomb",
        {},
        {
            "otlp_http/honeycomb.endpoint": "https://api.honeycomb.io",
            "otlp_http/honeycomb_metrics.endpoint": "https://api.honeycomb.io",
        },
    ),
    (
        "splunk",
        {"SPLUNK_REALM": "eu0"},
        {
            "otlp_http/splunk.traces_endpoint": f"{SPLUNK}/v2/trace/otlp",
            "otlp_http/splunk_metrics.metrics_endpoint": f"{SPLUNK}/v2/datapoint/otlp",
        },
    ),
    ("lightstep", {}, {"otlp_grpc/lightstep.endpoint": "ingest.lightstep.com:443"}),
    (
        "aws-xray",
        WITH_AWS,
        {
            "otlp_http/aws_xray.traces_endpoint": "https://xray.eu-central-1.amazonaws.com/v1/traces",
            "otlp_http/aws_xray_metrics.metrics_endpoint": (
                "https://monitoring.eu-central-1.amazonaws.com/v1/metrics"
            ),
            "otlp_http/aws_xray_logs.logs_endpoint": "https://logs.eu-central-1.amazonaws.com/v1/logs",
        },
    ),
    (
        "victoriametrics",
        {},
        {
            "otlp_http/victoriametrics.metrics_endpoint": (
                "http://victoriametrics:8428/opentelemetry/v1/metrics"
            ),
            "otlp_http/victoriametrics.logs_endpoint": (
                "http://victorialogs:9428/insert/opentelemetry/v1/logs"
            ),
            "otlp_http/victoriametrics.traces_endpoint": (
                "http://victoriatraces:10428/insert/opentelemetry/v1/traces"
            ),
        },
    ),
    ("clickhouse", {}, {"clickhouse/clickhouse.endpoint": "http://clickhouse:8123"}),
    ("kafka", {}, {"kafka/kafka.brokers": ["kafka:9092"]}),
    (
        "prometheus",
        {},
        {"prometheus_remote_write/prometheus.endpoint": "http://prometheus:9090/api/v1/write"},
    ),
]


@pytest.mark.parametrize(("name", "settings", "fields"), ADDRESSES, ids=[one[0] for one in ADDRESSES])
def test_default_is_the_address_of_the_backend(
    vendors_binary: Path, name: str, settings: dict[str, str], fields: dict[str, Any]
) -> None:
    exporters = read_by_the_collector(vendors_binary, f"to-{name}.yaml", settings)["exporters"]

    read = {field: exporters[field.partition(".")[0]][field.partition(".")[2]] for field in fields}
    assert read == fields


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (key, key)
        for key in ("0123", "1e5", "null", "true", "a: b", "#x", "{", "'q", "%x", "a$b", " x ", "${y")
    ]
    + [("a$$b", "a$b")],
)
def test_a_key_is_taken_as_it_is_but_for_two_dollars(vendors_binary: Path, given: str, read: str) -> None:
    settings = {"CLICKHOUSE_PASSWORD": given}

    exporters = read_by_the_collector(vendors_binary, "to-clickhouse.yaml", settings)["exporters"]
    assert exporters["clickhouse/clickhouse"]["password"] == read


def read_by_the_collector(binary: Path, overlay: str, settings: dict[str, str]) -> Any:
    """Give the configuration with variables resolved; keys that are not set are empty."""
    configs = [f"--config={FOLDER / name}" for name in ("base.yaml", overlay)]
    done = subprocess.run(
        [binary, "print-config", "--mode=unredacted", "--validate=false", *configs],
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return yaml.safe_load(done.stdout)
