"""The envelope that Prometheus and Loki share: `{"status": "success", "data": ...}`.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
"""

import json
from collections.abc import Mapping
from typing import Any

from otelkit.traces.fetch import Answer, BackendError, Fetcher


class JsonApi:
    """GET below one address; every error is a BackendError that names address, status and body."""

    def __init__(self, address: str, headers: Mapping[str, str] | None, timeout_seconds: float) -> None:
        self._fetch = Fetcher(address, timeout_seconds, headers)
        self.address = self._fetch.base_url

    def data(self, path: str, parameters: Mapping[str, object]) -> Any:
        """Give what stands under `data`; parameters that are empty or None are left out."""
        given = {name: str(value) for name, value in parameters.items() if value not in ("", None)}
        answer = self._fetch(path, accept="application/json", parameters=given)
        if answer.status == Answer.NOT_FOUND:
            raise BackendError(f"{answer.url} answered 404: {answer.body[:400]!r}")
        try:
            envelope = json.loads(answer.body)
            if envelope["status"] != "success":
                raise ValueError(f"status {envelope['status']!r}")
            return envelope["data"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise answer.unreadable(error) from error
