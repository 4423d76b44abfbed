"""POST /api/v0.2/stats: `StatsPayload` as MessagePack, counts of requests by ten seconds and kind.

Source: datadog-agent, pkg/proto/datadog/trace/stats.proto, whose names are the keys.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgpack  # type: ignore[import-untyped]  # no stubs exist

from otelkit.testing.datadog.records import Stats
from otelkit.testing.datadog.sketch import Sketch


def stats_of(body: bytes) -> list[Stats]:
    """Every group of every bucket. Raises ValueError or KeyError for what is none."""
    payload = msgpack.unpackb(body)
    return [
        _stats(group, client, payload)
        for client in payload.get("Stats") or ()
        for bucket in client.get("Stats") or ()
        for group in bucket.get("Stats") or ()
    ]


def merged(stats: Iterable[Stats]) -> list[Stats]:
    """One for all buckets of the same service, operation, resource, type, kind, env, version and host."""
    found: dict[tuple[str, ...], Stats] = {}
    for one in stats:
        key = (one.service, one.name, one.resource, one.type, one.kind, one.env, one.version, one.host)
        found[key] = _sum(found[key], one) if key in found else one
    return list(found.values())


def _stats(group: dict[str, Any], client: dict[str, Any], payload: dict[str, Any]) -> Stats:
    return Stats(
        service=group["Service"],
        name=group["Name"],
        resource=group["Resource"],
        type=group["Type"],
        kind=group["SpanKind"],
        env=client["Env"] or payload["AgentEnv"],
        version=client["Version"],
        host=client["Hostname"] or payload["AgentHostname"],
        hits=group["Hits"],
        errors=group["Errors"],
        duration_seconds=group["Duration"] / 1e9,
        top_level_hits=group["TopLevelHits"],
        peer_tags=frozenset(group["PeerTags"] or ()),
        ok=Sketch.read(group["OkSummary"]),
        failed=Sketch.read(group["ErrorSummary"]),
    )


def _sum(first: Stats, second: Stats) -> Stats:
    return replace(
        first,
        hits=first.hits + second.hits,
        errors=first.errors + second.errors,
        duration_seconds=first.duration_seconds + second.duration_seconds,
        top_level_hits=first.top_level_hits + second.top_level_hits,
        peer_tags=first.peer_tags | second.peer_tags,
        ok=first.ok.plus(second.ok),
        failed=first.failed.plus(second.failed),
    )
