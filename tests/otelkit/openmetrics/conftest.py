"""A meter whose numbers are read back from the page by Prometheus' own parsers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import AlwaysOnExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from otelkit.openmetrics import Format, OpenMetricsReader


class Page:
    """A provider with the reader; `families()` is what a scraper understands."""

    def __init__(self, *views: View, **resource: str) -> None:
        self.reader = OpenMetricsReader()
        self.provider = MeterProvider(
            [self.reader],
            Resource(resource or {"service.name": "shop"}),
            AlwaysOnExemplarFilter(),
            shutdown_on_exit=False,
            views=views,
        )
        self.meter: Meter = self.provider.get_meter("tests", "1.0")

    def text(self, form: Format = Format.OPENMETRICS) -> str:
        return self.reader.page(form).decode()

    def families(self, form: Format = Format.OPENMETRICS) -> dict[str, Any]:
        parse = parse_openmetrics if form is Format.OPENMETRICS else parse_text
        return {family.name: family for family in parse(self.text(form))}

    def values(self, family: str, form: Format = Format.OPENMETRICS) -> dict[str, float]:
        """Values by the name of the sample and, of buckets, their bound."""
        samples = self.families(form)[family].samples
        return {sample.name + sample.labels.get("le", ""): sample.value for sample in samples}


@pytest.fixture
def page() -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def make(*views: View, **resource: str) -> Page:
        pages.append(Page(*views, **resource))
        return pages[-1]

    yield make
    for each in pages:
        each.provider.shutdown()
