"""The table of docs/send-to/README.md, made of the overlays themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collector.components import missing_components
from collector.merging import merge
from collector.overlays import Overlay, find_overlays, known_names
from collector.toolchain import FOLDER

DOCS = FOLDER.parent / "docs"
INDEX = DOCS / "send-to" / "README.md"
PROTOCOLS = {
    "clickhouse": "ClickHouse",
    "datadog": "Datadog",
    "file": "files",
    "kafka": "Kafka",
    "otlp_grpc": "OTLP/gRPC",
    "otlp_http": "OTLP/HTTP",
    "prometheus_remote_write": "remote write",
}
SIGNALS = ("traces", "metrics", "logs")
HEAD = "| `TO=` | protocol | traces | metrics | logs | needs | Collector |\n|---|---|---|---|---|---|---|\n"


def index_table(base_collector: Path) -> str:
    """Give the table: one row an overlay, by name."""
    return HEAD + "".join(_row(overlay, base_collector) for overlay in find_overlays(known_names()))


def protocols_of(content: dict[str, Any]) -> list[str]:
    """Name how an overlay sends; where OTLP only leads to another exporter, that one's protocol."""
    types = {name.partition("/")[0] for name in content["exporters"]}
    return sorted(PROTOCOLS[one] for one in types - {"otlp_grpc", "otlp_http"} or types)


def page_of(overlay: Overlay) -> Path | None:
    """Find the page of an overlay."""
    pages = (DOCS / "send-to" / f"{overlay.name}.md", DOCS / f"{overlay.name}.md")
    return next((page for page in pages if page.is_file()), None)


def _row(overlay: Overlay, base_collector: Path) -> str:
    return f"| {' | '.join(_cells(overlay, base_collector))} |\n"


def _cells(overlay: Overlay, base_collector: Path) -> Iterator[str]:
    content = overlay.read()
    page = page_of(overlay)
    link = page and (page.name if page.parent == INDEX.parent else f"../{page.name}")
    yield f"[{overlay.name}]({link})" if link else overlay.name
    yield ", ".join(protocols_of(content))
    pipelines = {name.partition("/")[0] for name in content["service"]["pipelines"]}
    yield from ("yes" if signal in pipelines else "" for signal in SIGNALS)
    yield ", ".join(" or ".join(f"`{name}`" for name in names) for names in overlay.needs())
    base = Overlay("base", FOLDER / "base.yaml").read()
    yield "vendors" if missing_components(merge([base, content]), base_collector) else "base"
