"""The ways that telemetry takes through a configuration: from a receiver to an exporter.

Each step is what it is configured as, not what it is called; what only joins pipelines (`forward`, and the
handover that a merge puts behind it) is no step.
"""

import json
from collections.abc import Iterator
from typing import Any

from collector.components import Config
from collector.gates import HANDOVER

Way = tuple[str, ...]


def ways_to_exporters(config: Config, exporters: Config) -> list[Way]:
    """Give every way that ends in one of these exporters, sorted."""
    wanted = {_step("exporters", name, exporters[name]) for name in exporters}
    pipelines = config["service"]["pipelines"]
    begun = [
        (name, (_step("receivers", receiver, config["receivers"][receiver]),))
        for name, pipeline in pipelines.items()
        for receiver in pipeline["receivers"]
        if receiver not in (config.get("connectors") or {})
    ]
    found = [way for name, before in begun for way in _follow(config, name, before)]
    return sorted(way for way in found if way[-1] in wanted)


def _follow(config: Config, name: str, before: Way) -> Iterator[Way]:
    pipeline, connectors = config["service"]["pipelines"][name], config.get("connectors") or {}
    signal = name.partition("/")[0]
    done = [
        _step("processors", one, config["processors"][one])
        for one in pipeline.get("processors") or []
        if one != HANDOVER
    ]
    way = (*before, f"as {signal}", *done)
    for exporter in pipeline["exporters"]:
        if exporter not in connectors:
            yield (*way, _step("exporters", exporter, config["exporters"][exporter]))
            continue
        joins = exporter.partition("/")[0] == "forward"
        step = () if joins else (_step("connectors", exporter, connectors[exporter]),)
        for after, other in config["service"]["pipelines"].items():
            if exporter in other["receivers"] and (not joins or after.partition("/")[0] == signal):
                yield from _follow(config, after, (*way, *step))


def _step(section: str, name: str, definition: Any) -> str:
    return f"{section} {name.partition('/')[0]} {json.dumps(definition, sort_keys=True)}"


def without_joints(way: Way) -> Way:
    """Leave out what is said twice where pipelines of one signal are joined."""
    return tuple(
        step
        for number, step in enumerate(way)
        if not (step.startswith("as ") and step == _signal_before(way, number))
    )


def _signal_before(way: Way, number: int) -> str:
    return next((step for step in reversed(way[:number]) if step.startswith("as ")), "")
