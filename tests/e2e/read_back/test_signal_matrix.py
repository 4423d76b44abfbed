"""Each service's traces, logs and metrics, read back from whichever backend is up, and how they join."""

import pytest

from deploy.local.services import SERVICES
from otelkit.backends import LogLine
from otelkit.traces import Span
from tests.e2e.shop_under_load import ShopUnderLoad
from tests.e2e.signal_matrix import COLLECTOR, MATRIX, Signals
from tests.waiting import wait_until

pytestmark = pytest.mark.e2e

_ARRIVAL_SECONDS = 15.0
_GRAPH_SECONDS = 20.0  # Tempo waits for both sides of an edge
_RESOURCE = ("service.name", "service.version", "service.instance.id", "deployment.environment.name")


def _label(attribute: str) -> str:
    return attribute.replace(".", "_")


def _last_line(shop: ShopUnderLoad, expected: Signals) -> LogLine:
    selector = f'{{service_name="{expected.service}"}} |= "{expected.log}"'
    return shop.backends.logs.wait_for_lines(selector, _ARRIVAL_SECONDS)[-1]


def _spans_with(shop: ShopUnderLoad, trace_id: str, span_id: str) -> list[Span]:
    """Wait for a trace with this span: what points to it may arrive before."""

    def is_there(spans: list[Span]) -> bool:
        return span_id in {span.span_id for span in spans}

    return shop.backends.traces.wait_for_trace(trace_id, _ARRIVAL_SECONDS, until=is_there)


@pytest.mark.parametrize("expected", MATRIX, ids=lambda signals: signals.service)
def test_trace_has_the_expected_attributes(shop: ShopUnderLoad, expected: Signals) -> None:
    query = f'{{ resource.service.name = "{expected.service}" && name = "{expected.span}" }}'
    wait_until(lambda: bool(shop.backends.traces.search(query)), _ARRIVAL_SECONDS, lambda: query)
    [found, *_] = shop.backends.traces.search(query)

    spans = shop.backends.traces.trace(found.trace_id)

    [span, *_] = [one for one in spans if (one.service_name, one.name) == (expected.service, expected.span)]
    assert set(expected.span_attributes) - set(span.attributes) == set()
    assert set(_RESOURCE) - set(span.resource) == set()


@pytest.mark.parametrize("expected", MATRIX, ids=lambda signals: signals.service)
def test_log_line_names_the_span_in_which_it_was_written(shop: ShopUnderLoad, expected: Signals) -> None:
    line = _last_line(shop, expected)

    assert line.service_name == expected.service
    assert line.labels["severity_text"]
    assert bool(line.span_id) is expected.logs_in_traces
    if expected.logs_in_traces:
        assert _spans_with(shop, line.trace_id, line.span_id)


@pytest.mark.parametrize("expected", MATRIX, ids=lambda signals: signals.service)
def test_logs_of_a_trace_are_found_by_its_id(shop: ShopUnderLoad, expected: Signals) -> None:
    line = _last_line(shop, expected)

    found = shop.backends.logs.of_trace(line.trace_id) if expected.logs_in_traces else [line]

    assert expected.log in "".join(one.body for one in found)


@pytest.mark.parametrize("expected", MATRIX, ids=lambda signals: signals.service)
def test_metric_has_the_expected_labels(shop: ShopUnderLoad, expected: Signals) -> None:
    selector = f'{expected.histogram}_count{{service_name="{expected.service}"}}'
    found = shop.backends.metrics.wait_for_samples(selector, _ARRIVAL_SECONDS)

    wanted = {*map(_label, expected.metric_attributes), "service_name", "service_instance_id", "job"}
    assert wanted - set(found[0].labels) == set()
    assert sum(sample.value for sample in found) > 0


@pytest.mark.parametrize("expected", MATRIX, ids=lambda signals: signals.service)
def test_exemplar_of_a_histogram_leads_to_a_trace_of_the_service(
    shop: ShopUnderLoad, expected: Signals
) -> None:
    selector = f'{expected.histogram}_bucket{{service_name="{expected.service}"}}'

    exemplar = shop.backends.metrics.wait_for_exemplars(selector, _ARRIVAL_SECONDS)[-1]

    spans = _spans_with(shop, exemplar.trace_id, exemplar.span_id)
    assert exemplar.span_id in {span.span_id for span in spans if span.service_name == expected.service}


@pytest.mark.parametrize("metric", COLLECTOR)
def test_collector_tells_of_itself(shop: ShopUnderLoad, metric: str) -> None:
    assert shop.backends.metrics.wait_for_samples(f'{metric}{{service_name="otelcol"}}', _ARRIVAL_SECONDS)


def test_service_graph_joins_client_and_server_where_tempo_makes_it(shop: ShopUnderLoad) -> None:
    joined = 'traces_service_graph_request_total{client="grpc-four-modes-client",server="grpc-four-modes"}'

    if shop.is_lgtm:
        assert shop.promql.wait_for_samples(joined, _GRAPH_SECONDS)


def test_every_service_of_the_stack_is_in_the_matrix() -> None:
    assert [signals.service for signals in MATRIX] == [service.name for service in SERVICES]
