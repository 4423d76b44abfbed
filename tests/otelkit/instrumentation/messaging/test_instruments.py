"""Counts that cost an addition, and instruments that are shared."""

from opentelemetry.metrics import CallbackOptions
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otelkit.instrumentation.messaging.instruments import MOST_SETS, OVERFLOW, Tallies, instruments_of


def observed(tallies: Tallies) -> list[tuple[float, dict[str, object]]]:
    return [(one.value, dict(one.attributes or {})) for one in tallies.observe(CallbackOptions())]


def test_equal_attributes_are_one_count_in_whatever_order() -> None:
    tallies = Tallies()
    tallies.of({"a": 1, "b": "x"}).count += 1
    tallies.of({"b": "x", "a": 1}).count += 2
    assert observed(tallies) == [(3, {"a": 1, "b": "x"})]


def test_count_of_nothing_is_not_told() -> None:
    tallies = Tallies()
    tallies.of({"a": 1})
    assert observed(tallies) == []


def test_beyond_the_limit_all_are_one_that_says_so_and_known_ones_go_on() -> None:
    tallies = Tallies()
    for number in range(MOST_SETS + 3):
        tallies.of({"a": number}).count += 1
    tallies.of({"a": 0}).count += 1
    counts = {tuple(attributes.items()): value for value, attributes in observed(tallies)}
    assert len(counts) == MOST_SETS + 1
    assert counts[("a", 0),] == 2
    assert counts[tuple(OVERFLOW.items())] == 3


def test_instruments_of_a_provider_and_scope_are_made_once() -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    first = instruments_of("shop", provider)
    assert instruments_of("shop", provider) is first
    assert instruments_of("other", provider) is not first
    assert first.tallies("shop.more", "") is first.tallies("shop.more", "")
    first.sent.of({"a": 1}).count += 2
    data = reader.get_metrics_data()
    assert data is not None
    (metric,) = [m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics]
    assert (metric.name, metric.unit) == ("messaging.client.sent.messages", "{message}")
    provider.shutdown()
