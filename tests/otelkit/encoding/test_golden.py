"""The bytes of one span and one log record with all fields, as they were written down."""

import pytest

from otelkit.encoding.address import find_address
from otelkit.encoding.envelope import frame, join
from otelkit.encoding.logs import encode_log
from otelkit.encoding.spans import encode_span

from . import golden


def test_span_has_the_golden_bytes() -> None:
    request = join([(find_address(golden.RESOURCE, golden.SCOPE), [frame(encode_span(golden.span()))])])

    assert request == golden.read("span")


def test_log_record_has_the_golden_bytes() -> None:
    request = join([(find_address(golden.RESOURCE, golden.SCOPE), [frame(encode_log(golden.log_record()))])])

    assert request == golden.read("log")


@pytest.mark.parametrize("name", ["span", "log"])
def test_sdks_encoder_still_writes_the_golden_bytes(name: str) -> None:
    assert golden.by_the_sdk()[name] == golden.read(name)
