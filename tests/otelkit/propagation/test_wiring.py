"""Who names these propagators, and that every way of starting leads to them."""

import os
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit import ConfigurationError
from otelkit.propagation import (
    B3MultiPropagator,
    B3Propagator,
    BaggagePropagator,
    DatadogPropagator,
    JaegerPropagator,
    TraceContextPropagator,
    XRayPropagator,
)
from otelkit.selection import propagator

OURS = [TraceContextPropagator, BaggagePropagator]
PROGRAM = """
from opentelemetry import propagate
print(*(type(one).__module__ for one in propagate.get_global_textmap()._propagators))
"""
OUR_MODULES = "otelkit.propagation.trace_context otelkit.propagation.baggage"
QUIET = {"OTEL_SERVICE_NAME": "wiring"} | {
    f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")
}


def chosen(**environ: str) -> list[type]:
    composite = propagator(environ)
    assert isinstance(composite, CompositePropagator)
    return [type(one) for one in composite._propagators]


def modules_in_a_process(*command: str, **environ: str) -> str:
    done = subprocess.run(
        [*command, sys.executable, "-c", PROGRAM],
        env={**os.environ, **QUIET, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("names", ["", "tracecontext,baggage", " Tracecontext , baggage,baggage"])
def test_configure_takes_otelkits(names: str) -> None:
    assert chosen(OTEL_PROPAGATORS=names) == OURS


def test_configure_takes_otelkits_for_the_formats_of_other_tracers() -> None:
    names = "b3,b3multi,jaeger,xray,datadog"
    others = [B3Propagator, B3MultiPropagator, JaegerPropagator, XRayPropagator, DatadogPropagator]

    assert chosen(OTEL_PROPAGATORS=names) == others


def test_names_of_the_entry_points_are_taken_too() -> None:
    assert chosen(OTEL_PROPAGATORS="otelkit_baggage,otelkit_tracecontext") == OURS[::-1]


def test_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(
        ConfigurationError, match=r"OTEL_PROPAGATORS='b4'.* b3, .*datadog, .*otelkit_tracecontext, .*xray"
    ):
        chosen(OTEL_PROPAGATORS="tracecontext,b4")


def test_plain_sdk_process_can_name_them() -> None:
    names = "otelkit_tracecontext,otelkit_baggage"

    assert modules_in_a_process(OTEL_PROPAGATORS=names) == OUR_MODULES


def test_plain_sdk_process_can_name_those_of_other_tracers() -> None:
    names = ("b3", "b3multi", "datadog", "jaeger", "xray")
    found = modules_in_a_process(OTEL_PROPAGATORS=",".join(f"otelkit_{name}" for name in names))

    modules = ("b3", "b3", "datadog", "jaeger", "xray")
    assert found == " ".join(f"otelkit.propagation.{module}" for module in modules)


def test_names_of_the_specification_need_no_other_package() -> None:
    """The API loads them at import, and fails where nobody has registered one."""
    points = distribution("otelkit").entry_points.select(group="opentelemetry_propagator")

    assert {"b3", "b3multi", "datadog", "jaeger", "xray"} <= points.names


def test_plain_sdk_process_keeps_the_sdks_without() -> None:
    assert modules_in_a_process(OTEL_PROPAGATORS="tracecontext") == TraceContextTextMapPropagator.__module__


def test_zero_code_start_up_by_otelkit_takes_them() -> None:
    instrument = str(Path(sys.executable).with_name("opentelemetry-instrument"))

    assert modules_in_a_process(instrument, OTEL_PYTHON_CONFIGURATOR="otelkit") == OUR_MODULES


@pytest.mark.parametrize(
    ("names", "modules"),
    [
        (["otelkit_tracecontext", "otelkit_baggage"], OUR_MODULES),
        (["otelkit_b3", "otelkit_datadog"], "otelkit.propagation.b3 otelkit.propagation.datadog"),
    ],
)
def test_declarative_configuration_can_name_them(tmp_path: Path, names: list[str], modules: str) -> None:
    file = tmp_path / "otel.yaml"
    composite = ", ".join(f"{{{name}: }}" for name in names)
    file.write_text(f'file_format: "1.0"\npropagator:\n  composite: [{composite}]\n', encoding="utf-8")
    instrument = str(Path(sys.executable).with_name("opentelemetry-instrument"))

    assert modules_in_a_process(instrument, OTEL_CONFIG_FILE=str(file)) == modules
