"""What an exporter sends, as bytes, and the way there."""

import gzip
import http.client
import json
import math
from typing import Any

import msgpack  # type: ignore[import-untyped]  # no stubs exist

from otelkit.testing.datadog import DatadogIntake
from otelkit.testing.datadog.messages import message_class

TRACES, STATS, SERIES = "/api/v0.2/traces", "/api/v0.2/stats", "/api/v2/series"
SKETCHES, LOGS = "/api/beta/sketches", "/api/v2/logs"
GAMMA = 1.02


def traces(*spans: dict[str, Any], **payload: Any) -> bytes:
    message = message_class("AgentPayload")(host="gateway", env="none")
    message.tracer_payloads.add(**payload).chunks.add(spans=spans)
    return bytes(message.SerializeToString())


def stats(hits: int = 3, **group: Any) -> bytes:
    sketch = message_class("DDSketch")(mapping={"gamma": GAMMA, "offset": 0.0})
    sketch.positive.counts[bin_of(2_000_000)] = hits
    one = {"Service": "stock", "Name": "http.server.request", "Resource": "GET /stock", "Type": "web"}
    numbers = {"Hits": hits, "Errors": 1, "Duration": hits * 2_000_000, "TopLevelHits": hits}
    rest = {"SpanKind": "server", "PeerTags": None, "OkSummary": sketch.SerializeToString()}
    entry = one | numbers | rest | {"ErrorSummary": b""} | group
    client = {"Hostname": "web-1", "Env": "prod", "Version": "2", "Stats": [{"Stats": [entry]}]}
    return bytes(msgpack.packb({"AgentHostname": "gateway", "AgentEnv": "none", "Stats": [client]}))


def bin_of(nanos: float) -> int:
    return math.floor(math.log(nanos) / math.log(GAMMA))


def log(**content: str) -> bytes:
    entry = {"message": json.dumps(content), "hostname": "web-1", "ddtags": "env:prod,version:2"}
    return json.dumps([entry]).encode()


def post(
    intake: DatadogIntake, path: str, body: bytes, timeout: float = 5, **headers: str
) -> tuple[int, str]:
    """Give the status and the Retry-After of the answer. Raises TimeoutError when there is none."""
    connection = http.client.HTTPConnection(intake.url.removeprefix("http://"), timeout=timeout)
    try:
        sent = {
            "content-encoding": "gzip",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        packed = gzip.compress(body) if sent["content-encoding"] == "gzip" else body
        connection.request("POST", path, packed, sent)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("retry-after", "")
    finally:
        connection.close()
