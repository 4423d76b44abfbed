"""OTEL_TRACES_SAMPLER names the samplers under every start-up, by their entry points."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from otelkit.selection import sampler

DESCRIPTIONS = {
    "otelkit_adaptive": "AdaptiveSampler{ratio=0.5, spans_per_second=7}",
    "otelkit_consistent_ratio": "CompositeSampler{ComposableTraceIDRatioBased{threshold=8, ratio=0.5}}",
    "otelkit_parentbased_consistent_ratio": "ParentFollowingSampler{CompositeSampler{"
    "ComposableTraceIDRatioBased{threshold=8, ratio=0.5}}}",
}
PROGRAM = """
from opentelemetry import trace
provider = trace.get_tracer_provider()
trace.get_tracer("t").start_span("work").end()
print(getattr(provider.sampler, "_sampler", provider.sampler).get_description())
print([type(one).__name__ for one in provider._active_span_processor._span_processors].count("RequestWatch"))
"""
OTELKIT = {"OTEL_PYTHON_CONFIGURATOR": "otelkit"}
QUIET = {"OTEL_SERVICE_NAME": "wiring"} | {
    f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")
}


def start(name: str, argument: str, start_up: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run the program under opentelemetry-instrument with this sampler."""
    foreign = {key: value for key, value in os.environ.items() if not key.startswith("OTEL")}
    chosen = {"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": argument}
    return subprocess.run(
        [Path(sys.executable).with_name("opentelemetry-instrument"), sys.executable, "-c", PROGRAM],
        env={**foreign, **QUIET, **start_up, **chosen},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "start_up"),
    [
        ("otelkit_adaptive", OTELKIT),
        ("otelkit_adaptive", {**OTELKIT, "OTELKIT_SPANS": "sdk"}),
        ("otelkit_adaptive", {}),
        ("otelkit_consistent_ratio", OTELKIT),
        ("otelkit_parentbased_consistent_ratio", {}),
    ],
)
def test_zero_code_start_up_takes_it_and_hears_of_errors(name: str, start_up: dict[str, str]) -> None:
    is_adaptive = name == "otelkit_adaptive"

    done = start(name, "ratio=0.5,spans_per_second=7" if is_adaptive else "0.5", start_up)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [DESCRIPTIONS[name], str(int(is_adaptive))]


def test_sdks_own_start_up_keeps_everything_when_the_argument_is_wrong() -> None:
    done = start("otelkit_adaptive", "rate=1", {})

    assert "Using default sampler" in done.stderr
    assert "use ratio and spans_per_second" in done.stderr
    assert done.stdout.splitlines()[0].startswith("ParentBased{root:AlwaysOnSampler")


def test_configure_reads_the_argument() -> None:
    chosen = sampler(
        {
            "OTEL_TRACES_SAMPLER": "otelkit_adaptive",
            "OTEL_TRACES_SAMPLER_ARG": "ratio=0.05, spans_per_second=20",
        }
    )

    assert chosen.get_description() == "AdaptiveSampler{ratio=0.05, spans_per_second=20}"
