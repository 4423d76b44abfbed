"""The smoke test against a backend that has it all: found by its query APIs, and the exit code says so."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
RunSmoke = Callable[[Mapping[str, str]], Any]


def test_every_signal_of_one_request_is_found_in_the_viewer(run_smoke: RunSmoke, viewer: Any) -> None:
    found = run_smoke({**viewer.sending, "BACKEND": "viewer", "VIEWER_URL": viewer.url})

    assert found.code == 0, found.report
    rows = {line.split("  ")[0].strip(): line for line in found.report.splitlines() if " s  " in line}
    assert set(rows) == {"trace", "logs", "metric", "exemplar"}
    assert "3 spans" in rows["trace"]
    assert "1 line: quote given" in rows["logs"]
    assert "shop_quote_duration_seconds_count: 1" in rows["metric"]
    assert "with this trace id" in rows["exemplar"]


@pytest.mark.parametrize("command", ["grafana_export.smoke", "deploy.local run grafana-export"])
def test_process_ends_with_0_and_keeps_its_log_lines_out_of_the_report(viewer: Any, command: str) -> None:
    environment = {**os.environ, **viewer.sending, "BACKEND": "viewer", "VIEWER_URL": viewer.url}
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "quote given" in done.stderr
    assert "{" not in done.stdout
    pages = [line for line in done.stdout.splitlines() if line.startswith(viewer.url)]
    assert len(pages) == 3
    for page in pages:
        urllib.request.urlopen(page, timeout=5).close()


def test_request_that_sampling_left_out_is_followed_by_another(run_smoke: RunSmoke, viewer: Any) -> None:
    sampled = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.3"}
    quick = {"GRAFANA_EXPORT_REPEAT_SECONDS": "0.2", "GRAFANA_EXPORT_SMOKE_SECONDS": "60"}

    found = run_smoke({**viewer.sending, **sampled, **quick, "BACKEND": "viewer", "VIEWER_URL": viewer.url})

    assert found.code == 0, found.report
