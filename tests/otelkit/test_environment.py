"""A wrong value in the environment is one error that names the variable, never a default."""

import pytest

from otelkit.errors import ConfigurationError
from otelkit.selection import exporter_types, propagator, sampler
from otelkit.signals import Signal
from otelkit.variables import CHECKS, check

WRONG_VALUES = {
    "OTEL_SDK_DISABLED": "yes",
    "OTEL_RESOURCE_ATTRIBUTES": "team",
    "OTEL_LOG_LEVEL": "loud",
    "OTEL_PYTHON_LOG_LEVEL": "loud",
    "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "1",
    "OTEL_METRICS_EXEMPLAR_FILTER": "some",
    "OTEL_CONFIG_FILE": "otel.yaml",
    "OTELKIT_BAGGAGE_HOSTS": "http://stock",
    "OTELKIT_GRPC_MESSAGE_EVENTS": "yes",
}


@pytest.mark.parametrize("name", CHECKS)
def test_wrong_value_is_an_error_that_names_variable_and_value(name: str) -> None:
    value = WRONG_VALUES.get(name, "-1")

    with pytest.raises(ConfigurationError, match=rf"^{name}='{value}': .+"):
        check({name: value})


@pytest.mark.parametrize("name", CHECKS)
def test_empty_value_counts_as_unset(name: str) -> None:
    check({name: ""})


def test_hosts_for_baggage_may_be_names_addresses_and_names_below_a_host() -> None:
    check({"OTELKIT_BAGGAGE_HOSTS": "localhost, stock.internal.,*.shop.svc,10.0.0.7,::1"})


@pytest.mark.parametrize("hosts", ["*", "stock:8000", "*stock", "a b", "[::1]", "stock/*"])
def test_host_for_baggage_that_would_never_match_is_an_error(hosts: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is no host: use names without port"):
        check({"OTELKIT_BAGGAGE_HOSTS": hosts})


def test_batch_larger_than_its_queue_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="OTEL_BSP_MAX_EXPORT_BATCH_SIZE=600"):
        check({"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "600", "OTEL_BSP_MAX_QUEUE_SIZE": "512"})


@pytest.mark.parametrize("signal", Signal)
def test_unknown_exporter_is_an_error_that_lists_the_known_ones(signal: Signal) -> None:
    variable = f"OTEL_{signal.upper()}_EXPORTER"

    with pytest.raises(
        ConfigurationError, match=rf"^{variable}='zipkin': known here are console, none, otelkit"
    ):
        exporter_types(signal, {variable: "zipkin"})


def test_none_beside_another_exporter_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="none stands alone"):
        exporter_types(Signal.TRACES, {"OTEL_TRACES_EXPORTER": "none,console"})


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("", ["WaitingSpanExporter"]),
        ("otlp", ["WaitingSpanExporter"]),
        ("none", []),
        ("console, otlp, console", ["ConsoleSpanExporter", "WaitingSpanExporter"]),
        ("otlp_proto_grpc", ["OTLPSpanExporter"]),
    ],
)
def test_exporter_names_keep_their_specified_meaning(value: str, names: list[str]) -> None:
    found = exporter_types(Signal.TRACES, {"OTEL_TRACES_EXPORTER": value})

    assert names == [exporter.__name__ for exporter in found]


@pytest.mark.parametrize("argument", ["half", "1.1", "-0.1", "nan"])
def test_sampling_ratio_outside_zero_to_one_is_an_error(argument: str) -> None:
    environ = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": argument}

    with pytest.raises(ConfigurationError, match=f"^OTEL_TRACES_SAMPLER_ARG='{argument}': use a number"):
        sampler(environ)


def test_unknown_sampler_is_an_error() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^OTEL_TRACES_SAMPLER='sometimes': known here are always_off"
    ):
        sampler({"OTEL_TRACES_SAMPLER": "sometimes"})


def test_sampling_ratio_reaches_the_sampler() -> None:
    chosen = sampler({"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"})

    assert "TraceIdRatioBased{0.25}" in chosen.get_description()


def test_unknown_propagator_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"^OTEL_PROPAGATORS='carrier-pigeon': known here are b3"):
        propagator({"OTEL_PROPAGATORS": "tracecontext,carrier-pigeon"})


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("", {"traceparent", "tracestate", "baggage"}),
        ("tracecontext", {"traceparent", "tracestate"}),
        ("none", set()),
    ],
)
def test_propagators_are_the_named_ones(value: str, fields: set[str]) -> None:
    assert fields == set(propagator({"OTEL_PROPAGATORS": value}).fields)
