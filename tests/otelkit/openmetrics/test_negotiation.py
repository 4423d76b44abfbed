"""Who asks for OpenMetrics gets it; everyone else gets what every parser reads."""

import pytest

from otelkit.openmetrics import Format, choose_format
from otelkit.openmetrics.names import family_name, unit_word

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    "accept", [PROMETHEUS, "application/openmetrics-text", "Application/OpenMetrics-Text; Version=1.0.0"]
)
def test_scraper_that_prefers_openmetrics_gets_it(accept: str) -> None:
    assert choose_format(accept) is Format.OPENMETRICS


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/html,*/*;q=0.8",
        "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text;q=0.1,text/plain",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=much",
        ",;,=;q=",
    ],
)
def test_everyone_else_gets_prometheus_text(accept: str | None) -> None:
    assert choose_format(accept) is Format.TEXT


@pytest.mark.parametrize(
    ("unit", "word"),
    [
        ("s", "seconds"),
        ("By", "bytes"),
        ("{order}", ""),
        ("By/s", "bytes_per_second"),
        ("1", ""),
        ("/s", "per_second"),
    ],
)
def test_units_are_prometheus_words(unit: str, word: str) -> None:
    assert unit_word(unit, is_gauge=False) == word


@pytest.mark.parametrize(
    ("name", "unit", "family"),
    [
        ("http.server.request.duration", "seconds", "http_server_request_duration_seconds"),
        ("sent_bytes_total", "bytes", "sent_bytes"),
        ("orders", "", "orders"),
        ("2nd..try", "", "_2nd_try"),
    ],
)
def test_family_has_its_unit_once_and_no_total(name: str, unit: str, family: str) -> None:
    assert family_name(name, unit, is_counter=True) == family
