"""Which hosts may see baggage: it holds what callers put there, and goes to every host otherwise.

An entry is a host name, `stock.internal` or `10.0.0.7`, or `*.shop.svc` for every name below `shop.svc`.
Without a list no host gets baggage. Trace context is not baggage and always goes.
"""

import os
from collections.abc import Iterable

from opentelemetry import baggage
from opentelemetry.context import Context

BAGGAGE_HOSTS = "OTELKIT_BAGGAGE_HOSTS"


class BaggageHosts:
    """An allow-list of hosts; None reads OTELKIT_BAGGAGE_HOSTS, names separated by commas."""

    def __init__(self, hosts: Iterable[str] | None = None) -> None:
        named = os.environ.get(BAGGAGE_HOSTS, "").split(",") if hosts is None else hosts
        names = [name.strip().lower().rstrip(".") for name in named]
        self._exact = frozenset(name for name in names if name and not name.startswith("*."))
        self._suffixes = tuple(name[1:] for name in names if name.startswith("*."))

    def allow(self, host: str) -> bool:
        """Whether baggage may go to `host`, which is compared without its case or final dot."""
        host = host.lower().rstrip(".")
        return host in self._exact or host.endswith(self._suffixes)

    def context_for(self, host: str, context: Context) -> Context:
        """Give `context` as any propagator may inject it for `host`: without baggage, or as it is."""
        if not baggage.get_all(context) or self.allow(host):
            return context
        return baggage.clear(context)
