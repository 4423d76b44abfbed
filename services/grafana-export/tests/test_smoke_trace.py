"""The smoke test's own trace."""

from collections.abc import Callable, Mapping
from typing import Any

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.ports import free_port

RunSmoke = Callable[[Mapping[str, str]], Any]


def test_request_leaves_the_trace_that_the_readme_shows(
    run_smoke: RunSmoke, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    nowhere = {"BACKEND": "viewer", "VIEWER_URL": f"http://127.0.0.1:{free_port()}"}
    run_smoke({**otlp_sink.environment(), **nowhere, "GRAFANA_EXPORT_SMOKE_SECONDS": "0.1"})

    assert trace_tree(otlp_sink.spans()) == readme_trace("smoke")
