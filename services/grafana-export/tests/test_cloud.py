"""Grafana Cloud by three settings: sent and asked as documented, and the token is shown to nobody."""

import base64
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from grafana_export.played_cloud import INSTANCE, TOKEN, PlayedCloud, basic
from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Reply

RunSmoke = Callable[[Mapping[str, str]], Any]
SECRETS = (
    TOKEN,
    base64.b64encode(f"{INSTANCE}:{TOKEN}".encode()).decode(),
    basic("356665").removeprefix("Basic "),
)


@pytest.fixture
def cloud(viewer: Any) -> Iterator[PlayedCloud]:
    cloud = PlayedCloud(viewer.url, viewer.otlp_http)
    cloud.server.start()
    yield cloud
    cloud.server.stop(grace_seconds=1)


@pytest.fixture
def run(run_smoke: RunSmoke) -> RunSmoke:
    """Run the smoke test, and look for the token in all that it says."""

    def checked(environment: Mapping[str, str]) -> Any:
        found = run_smoke({"GRAFANA_EXPORT_SMOKE_SECONDS": "1", **environment})
        assert [secret for secret in SECRETS if secret in found.everything] == []
        return found

    return checked


def test_three_settings_send_to_the_gateway_and_read_from_each_backend(
    run: RunSmoke, cloud: PlayedCloud
) -> None:
    found = run({**cloud.settings, "GRAFANA_EXPORT_SMOKE_SECONDS": "15"})

    assert found.code == 0, found.report
    assert "reads it back from Grafana Cloud" in found.report
    assert "https://shop.grafana.net/explore?" in found.report
    assert {"POST /otlp/v1/traces", "POST /otlp/v1/logs", "POST /otlp/v1/metrics"} <= set(cloud.asked)
    assert {"GET /loki/api/v1/query_range", "GET /api/prom/api/v1/query_exemplars"} <= set(cloud.asked)


@pytest.mark.parametrize(
    ("part", "status", "said", "remedy"),
    [
        (
            "/api/instances/",
            401,
            "/api/instances/123456 answered 401",
            "the scope stacks:read; or give the addresses",
        ),
        ("/api/instances/", 403, "/api/instances/123456 answered 403", "TEMPO_URL, TEMPO_HEADERS"),
        ("/api/instances/", 404, "no stack has this instance id", "check GRAFANA_CLOUD_INSTANCE_ID"),
        ("/api/instances/", 500, "answered 500", "check GRAFANA_CLOUD_API"),
        ("/otlp/", 401, "HTTP 401", "the scopes traces:write, metrics:write and logs:write"),
        ("/otlp/", 404, "HTTP 404", "check GRAFANA_CLOUD_OTLP_ENDPOINT (it ends in /otlp)"),
        ("/tempo/api/", 403, "answered 403", "GRAFANA_CLOUD_TOKEN needs the scope traces:read"),
        ("/loki/api/v1/", 401, "answered 401", "GRAFANA_CLOUD_TOKEN needs the scope logs:read"),
        ("/api/prom/api/v1/", 403, "answered 403", "GRAFANA_CLOUD_TOKEN needs the scope metrics:read"),
    ],
)
def test_refusal_names_its_remedy_and_shows_no_token_though_the_server_echoes_it(  # noqa: PLR0913, PLR0917 - a table
    run: RunSmoke, cloud: PlayedCloud, part: str, status: int, said: str, remedy: str
) -> None:
    cloud.refused[part] = status

    found = run(cloud.settings)

    assert found.code not in (0, None)
    whole = f"{found.report}{found.code}"
    assert [secret for secret in SECRETS if secret in whole] == []
    assert said in whole
    assert remedy in whole


def test_token_of_another_stack_is_no_token(run: RunSmoke, cloud: PlayedCloud) -> None:
    found = run({**cloud.settings, "GRAFANA_CLOUD_TOKEN": "glc_other"})

    assert "stacks:read" in str(found.code)


@pytest.mark.parametrize(
    "address", ["http://logs.example", f"https://user:{TOKEN}@logs.example", "ftp://x", ""]
)
def test_stack_at_an_address_that_is_not_safe_gets_no_token(
    run: RunSmoke, cloud: PlayedCloud, address: str
) -> None:
    cloud.backends_at = address or "\x1b[2J"

    found = run(cloud.settings)

    assert "something unreadable" in str(found.code)
    assert TOKEN not in str(found.code)
    assert "\x1b" not in str(found.code)


def test_endpoint_of_a_collector_wins_and_gets_no_token(run: RunSmoke, cloud: PlayedCloud) -> None:
    with FlakyServer(usual=Reply(400)) as collector:
        http = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}
        found = run({**cloud.settings, "GRAFANA_CLOUD_OTLP_ENDPOINT": "", **http})

    assert {request.path for request in collector.received} == {"/v1/traces", "/v1/logs", "/v1/metrics"}
    assert not [request for request in collector.received if "authorization" in request.headers]
    assert not [asked for asked in cloud.asked if asked.startswith("POST")]
    assert "check OTEL_EXPORTER_OTLP_ENDPOINT" in found.report


def test_addresses_of_ones_own_need_no_cloud_api(run: RunSmoke, cloud: PlayedCloud) -> None:
    cloud.refused["/api/instances/"] = 403
    users = {"TEMPO": ("353178", "/tempo"), "LOKI": ("356665", ""), "MIMIR": ("715391", "/api/prom")}
    given = {f"{name}_URL": f"{cloud.url}{path}" for name, (_, path) in users.items()}
    headers = {f"{name}_HEADERS": f"Authorization={basic(user)}" for name, (user, _) in users.items()}

    found = run({**cloud.settings, **given, **headers, "GRAFANA_EXPORT_SMOKE_SECONDS": "15"})

    assert found.code == 0, found.report
    assert not [asked for asked in cloud.asked if "/instances/" in asked]


def test_token_is_in_no_exported_byte(run: RunSmoke, cloud: PlayedCloud, otlp_sink: Sink) -> None:
    cloud.refused["/loki/api/v1/"] = 401

    run({**cloud.settings, **otlp_sink.environment()})

    exported = repr((otlp_sink.spans(), otlp_sink.logs(), otlp_sink.metrics()))
    assert "quote given" in exported
    assert [secret for secret in SECRETS if secret in exported] == []
