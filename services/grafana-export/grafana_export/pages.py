"""Where a person looks at what was found: pages of the viewer, or of Grafana's Explore."""

import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from grafana_export.prices import HISTOGRAM, SERIES


class Pages(Protocol):
    """Addresses to open in a browser."""

    def of_trace(self, trace_id: str) -> str:
        """Give the page of a trace."""

    def of_logs(self, trace_id: str) -> str:
        """Give the page with the log lines of a trace."""

    def of_metric(self, _: str) -> str:
        """Give the page of the histogram, with exemplars."""


@dataclass(frozen=True)
class ViewerPages:
    """Pages of the embedded viewer."""

    viewer: str

    def of_trace(self, trace_id: str) -> str:
        """Give the page of a trace."""
        return f"{self.viewer}/trace/{trace_id}"

    def of_logs(self, trace_id: str) -> str:
        """Give the page with the log lines of a trace."""
        return f"{self.viewer}/logs?trace={trace_id}"

    def of_metric(self, _: str) -> str:
        """Give the page of the histogram, with exemplars."""
        return f"{self.viewer}/metric?service=grafana-export&name={HISTOGRAM}"


@dataclass(frozen=True)
class GrafanaPages:
    """Pages of Explore; data sources by their uid, which is as here where we provision them."""

    grafana: str
    tempo: str = "tempo"
    loki: str = "loki"
    mimir: str = "mimir"

    def of_trace(self, trace_id: str) -> str:
        """Give the page of a trace."""
        return self._explore(self.tempo, {"queryType": "traceql", "query": trace_id})

    def of_logs(self, trace_id: str) -> str:
        """Give the page with the log lines of a trace."""
        return self._explore(
            self.loki, {"expr": f'{{service_name="grafana-export"}} | trace_id="{trace_id}"'}
        )

    def of_metric(self, _: str) -> str:
        """Give the page of the histogram, with exemplars."""
        slowest = f"histogram_quantile(0.95, sum by (le) (rate({SERIES}_bucket[5m])))"
        return self._explore(self.mimir, {"expr": slowest, "exemplar": True})

    def _explore(self, source: str, query: dict[str, object]) -> str:
        asked = {"refId": "A", "datasource": {"uid": source}, **query}
        panes = {"a": {"datasource": source, "queries": [asked], "range": {"from": "now-1h", "to": "now"}}}
        return (
            f"{self.grafana}/explore?schemaVersion=1&panes={quote(json.dumps(panes, separators=(',', ':')))}"
        )
