"""The bytes of one collection of each kind, kept in a file.

A line is `kind: hex`. To make it anew after a change that is meant: print `encode_metrics(data).hex()`.
"""

from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from otelkit.encoding.metrics import encode_metrics

from .metric_data import ONE_OF_EACH, by_the_sdk

GOLDEN = dict(
    line.split(": ") for line in Path(__file__).with_name("golden_metrics.txt").read_text().splitlines()
)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_collection_has_the_golden_bytes(kind: str) -> None:
    assert encode_metrics(ONE_OF_EACH[kind]).hex() == GOLDEN[kind]


@pytest.mark.parametrize("kind", GOLDEN)
def test_golden_bytes_parse_to_what_the_sdks_encoder_gives(kind: str) -> None:
    parsed = ExportMetricsServiceRequest.FromString(bytes.fromhex(GOLDEN[kind]))

    assert parsed == by_the_sdk(ONE_OF_EACH[kind])
