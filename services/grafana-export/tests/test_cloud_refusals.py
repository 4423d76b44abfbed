"""Where Grafana Cloud says no: which part, its words, what to do; never the token, which it echoes."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from grafana_export.played_cloud import TOKEN, PlayedCloud
from otelkit.testing.flaky import FlakyServer, Reply

RunSmoke = Callable[[Mapping[str, str]], Any]


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
    run_to_cloud: RunSmoke, cloud: PlayedCloud, part: str, status: int, said: str, remedy: str
) -> None:
    cloud.refused[part] = status

    found = run_to_cloud(cloud.settings)

    assert found.code not in (0, None)
    whole = f"{found.report}{found.code}"
    assert said in whole
    assert remedy in whole


def test_token_of_another_stack_is_no_token(run_to_cloud: RunSmoke, cloud: PlayedCloud) -> None:
    found = run_to_cloud({**cloud.settings, "GRAFANA_CLOUD_TOKEN": "glc_other"})

    assert "stacks:read" in str(found.code)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"url": null}', b"{}", b"[]"])
def test_answer_of_the_cloud_api_that_cannot_be_read_is_one_line(
    run_to_cloud: RunSmoke, cloud: PlayedCloud, body: bytes
) -> None:
    with FlakyServer(usual=Reply(body=body)) as api:
        found = run_to_cloud({**cloud.settings, "GRAFANA_CLOUD_API": api.url})

    assert "something unreadable" in str(found.code)
    assert "check GRAFANA_CLOUD_API" in str(found.code)
    assert len(str(found.code)) < 800


@pytest.mark.parametrize(
    "address", ["http://logs.example", f"https://user:{TOKEN}@logs.example", "ftp://x", ""]
)
def test_stack_at_an_address_that_is_not_safe_gets_no_token(
    run_to_cloud: RunSmoke, cloud: PlayedCloud, address: str
) -> None:
    cloud.backends_at = address or "\x1b[2J"

    found = run_to_cloud(cloud.settings)

    assert "something unreadable" in str(found.code)
    assert TOKEN not in str(found.code)
    assert "\x1b" not in str(found.code)
