"""Who has sent a request sees its trace, its log line and its exemplar within five seconds."""

import json
import secrets
import time
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.e2e.shop_under_load import ShopUnderLoad

pytestmark = pytest.mark.e2e

_SECONDS = 5.0
_SELECTOR = 'http_server_request_duration_seconds_bucket{service_name="http-fastapi"}'


def _order(address: str, trace_id: str) -> None:
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01", "Content-Type": "application/json"}
    body = json.dumps({"item": "lamp", "quantity": 1}).encode()
    with build_opener(ProxyHandler({})).open(Request(f"{address}/orders", body, headers)) as response:
        response.read()


def test_first_request_is_seen_in_all_signals_within_five_seconds(shop: ShopUnderLoad) -> None:
    trace_id, deadline = secrets.token_hex(16), time.monotonic() + _SECONDS
    _order(shop.parts["http-fastapi"].address, trace_id)

    spans = shop.backends.traces.wait_for_trace(trace_id, deadline - time.monotonic())
    lines = shop.backends.logs.wait_for_trace(trace_id, deadline - time.monotonic())
    exemplars = shop.backends.metrics.wait_for_exemplars(
        _SELECTOR,
        deadline - time.monotonic(),
        until=lambda found: trace_id in {exemplar.trace_id for exemplar in found},
    )

    assert "POST /orders" in {span.name for span in spans}
    assert "order accepted" in {line.body for line in lines}
    assert exemplars
