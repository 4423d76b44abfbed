"""Every panel of every dashboard shows data after the fixed load, and names nothing that nobody sends."""

import math
import time

import pytest

from tests.e2e.metric_names import WITH_TEMPO, Names
from tests.e2e.panels import PanelQuery, panel_queries
from tests.e2e.promql_reading import grouped_by, selectors_of
from tests.e2e.shop_under_load import ShopUnderLoad
from tests.waiting import wait_until

pytestmark = pytest.mark.e2e

_SINCE_SECONDS, _STEP_SECONDS, _WAIT_SECONDS = 120.0, 5.0, 15.0
QUERIES = panel_queries()
PROMQL = [query for query in QUERIES if query.language == "prometheus"]


def _named(queries: list[PanelQuery]) -> list[object]:
    return [pytest.param(query, id=query.name) for query in queries]


@pytest.mark.parametrize("query", _named(PROMQL))
def test_panel_of_metrics_has_data(shop: ShopUnderLoad, query: PanelQuery) -> None:
    def has_numbers() -> bool:
        now = time.time()
        found = shop.promql.query_range(query.expression, now - _SINCE_SECONDS, now, _STEP_SECONDS)
        return any(math.isfinite(value) for series in found for _, value in series.points)

    if shop.is_lgtm or WITH_TEMPO not in query.expression:
        wait_until(has_numbers, _WAIT_SECONDS, lambda: query.expression)


@pytest.mark.parametrize("query", _named([query for query in PROMQL if query.exemplars]))
def test_panel_with_exemplars_leads_to_a_trace(shop: ShopUnderLoad, query: PanelQuery) -> None:
    exemplars = shop.promql.wait_for_exemplars(query.expression, _WAIT_SECONDS)

    assert shop.backends.traces.wait_for_trace(exemplars[-1].trace_id)


@pytest.mark.parametrize("query", _named([query for query in QUERIES if query.language == "loki"]))
def test_panel_of_logs_has_lines(shop: ShopUnderLoad, query: PanelQuery) -> None:
    def has_lines() -> bool:
        return bool(shop.backends.logs.query_range(query.expression)["result"])

    wait_until(has_lines, _WAIT_SECONDS, lambda: query.expression)


@pytest.mark.parametrize("query", _named([query for query in QUERIES if query.language == "tempo"]))
def test_panel_of_traces_has_rows(shop: ShopUnderLoad, query: PanelQuery) -> None:
    def has_rows() -> bool:
        return bool(shop.backends.traces.search(query.expression))

    wait_until(has_rows, _WAIT_SECONDS, lambda: query.expression)


@pytest.mark.parametrize("query", _named(PROMQL))
def test_panel_names_what_services_emit(names: Names, query: PanelQuery) -> None:
    assert names.unknown(query.expression) == []


def test_every_language_is_asked() -> None:
    assert {query.language for query in QUERIES} == {"prometheus", "loki", "tempo"}


def test_reading_finds_what_a_query_selects_and_groups_by() -> None:
    expression = 'sum by (le, job) (rate(a{b="c(}",d=~".*"}[1m] offset 5m)) / on (job) e > 0.5 or f:g'

    assert [selector.text for selector in selectors_of(expression)] == ['a{b="c(}",d=~".*"}', "e", "f:g"]
    assert [selector.labels() for selector in selectors_of(expression)] == [{"b"}, set(), set()]
    assert grouped_by(expression) == {"job"}
