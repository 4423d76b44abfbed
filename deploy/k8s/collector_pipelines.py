"""What a Collector's configuration says as a whole: its pipelines and what they name."""

from collections.abc import Iterator

from collector.components import SECTIONS, Config


def undefined(config: Config) -> Iterator[str]:
    """Give what pipelines name and nothing defines; `otelcol validate` sees only what is left of them."""
    for name, pipeline in pipelines(config):
        for part in ("receivers", "processors", "exporters"):
            there = {
                **(config.get(part) or {}),
                **({} if part == "processors" else config.get("connectors") or {}),
            }
            yield from (
                f"pipeline {name}: no {part} {one}" for one in pipeline.get(part) or [] if one not in there
            )


def storage_not_started(config: Config) -> Iterator[str]:
    """Give exporters whose queue is kept by an extension that is not started: the Collector would end."""
    started = config.get("service", {}).get("extensions") or []
    for name, exporter in (config.get("exporters") or {}).items():
        storage = ((exporter or {}).get("sending_queue") or {}).get("storage")
        if storage and storage not in started:
            yield f"exporters: {name}: its storage {storage} is not among service.extensions"


def without(config: Config, missing: set[tuple[str, str]]) -> Config:
    """Take components out; a pipeline left with nothing in or out gets `otlp` or `debug`."""
    gone = {section: {name for part, name in missing if part == section} for section in SECTIONS}
    reduced: Config = {**config, "service": {**config.get("service", {}), "pipelines": {}}}
    for section in SECTIONS:
        reduced[section] = {
            name: one for name, one in (config.get(section) or {}).items() if name not in gone[section]
        }
    service = reduced["service"]
    service["extensions"] = [one for one in service.get("extensions", []) if one not in gone["extensions"]]
    for name, pipeline in pipelines(config):
        service["pipelines"][name] = _reduced(pipeline, gone, reduced)
    return reduced


def _reduced(pipeline: Config, gone: dict[str, set[str]], config: Config) -> Config:
    kept: Config = {}
    for part in ("receivers", "processors", "exporters"):
        away = gone[part] | (set() if part == "processors" else gone["connectors"])
        kept[part] = [one for one in pipeline.get(part) or [] if one not in away]
    for part, stand_in in (
        ("receivers", {"otlp": {"protocols": {"grpc": {}}}}),
        ("exporters", {"debug": {}}),
    ):
        if pipeline.get(part) and not kept[part]:
            config[part] = {**stand_in, **config[part]}
            kept[part] = list(stand_in)
    return kept


def pipelines(config: Config) -> Iterator[tuple[str, Config]]:
    """Give name and pipeline of every one."""
    for name, pipeline in (config.get("service", {}).get("pipelines") or {}).items():
        yield name, pipeline or {}
