"""Grafana Cloud by three settings: sent and asked as documented, and the token is shown to nobody."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from grafana_export.cloud import sending_variables
from grafana_export.played_cloud import INSTANCE, SECRETS, TOKEN, PlayedCloud, basic
from grafana_export.settings import Settings
from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Reply

RunSmoke = Callable[[Mapping[str, str]], Any]


def test_three_settings_send_to_the_gateway_and_read_from_each_backend(
    run_to_cloud: RunSmoke, cloud: PlayedCloud
) -> None:
    found = run_to_cloud({**cloud.settings, "GRAFANA_EXPORT_SMOKE_SECONDS": "15"})

    assert found.code == 0, found.report
    assert "reads it back from Grafana Cloud" in found.report
    assert "https://shop.grafana.net/explore?" in found.report
    assert {"POST /otlp/v1/traces", "POST /otlp/v1/logs", "POST /otlp/v1/metrics"} <= set(cloud.asked)
    assert {"GET /loki/api/v1/query_range", "GET /api/prom/api/v1/query_exemplars"} <= set(cloud.asked)


def test_endpoint_of_a_collector_wins_and_gets_no_token(run_to_cloud: RunSmoke, cloud: PlayedCloud) -> None:
    with FlakyServer(usual=Reply(400)) as collector:
        http = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}
        found = run_to_cloud({**cloud.settings, "GRAFANA_CLOUD_OTLP_ENDPOINT": "", **http})

    assert {request.path for request in collector.received} == {"/v1/traces", "/v1/logs", "/v1/metrics"}
    assert not [request for request in collector.received if "authorization" in request.headers]
    assert not [asked for asked in cloud.asked if asked.startswith("POST")]
    assert "check OTEL_EXPORTER_OTLP_ENDPOINT" in found.report


@pytest.mark.parametrize("signal", ["", "TRACES_", "METRICS_", "LOGS_"])
def test_endpoint_of_one_signal_keeps_the_token_back_too(cloud: PlayedCloud, signal: str) -> None:
    settings = Settings(
        cloud_otlp_endpoint=f"{cloud.url}/otlp", cloud_instance_id=INSTANCE, cloud_token=SecretStr(TOKEN)
    )
    given = {f"OTEL_EXPORTER_OTLP_{signal}ENDPOINT": "http://127.0.0.1:4318"}

    assert sending_variables(settings, given) == {}
    assert "OTEL_EXPORTER_OTLP_HEADERS" in sending_variables(settings, {})


def test_addresses_of_ones_own_need_no_cloud_api(run_to_cloud: RunSmoke, cloud: PlayedCloud) -> None:
    cloud.refused["/api/instances/"] = 403
    users = {"TEMPO": ("353178", "/tempo"), "LOKI": ("356665", ""), "MIMIR": ("715391", "/api/prom")}
    given = {f"{name}_URL": f"{cloud.url}{path}" for name, (_, path) in users.items()}
    headers = {f"{name}_HEADERS": f"Authorization={basic(user)}" for name, (user, _) in users.items()}

    found = run_to_cloud({**cloud.settings, **given, **headers, "GRAFANA_EXPORT_SMOKE_SECONDS": "15"})

    assert found.code == 0, found.report
    assert not [asked for asked in cloud.asked if "/instances/" in asked]


def test_token_is_in_no_exported_byte(run_to_cloud: RunSmoke, cloud: PlayedCloud, otlp_sink: Sink) -> None:
    cloud.refused["/loki/api/v1/"] = 401

    run_to_cloud({**cloud.settings, **otlp_sink.environment()})

    exported = repr((otlp_sink.spans(), otlp_sink.logs(), otlp_sink.metrics()))
    assert "quote given" in exported
    assert [secret for secret in SECRETS if secret in exported] == []
