"""What is kept of each watched engine: server, statements, pool; and where it is kept.

It lies on the engine's dialect, which all engines made of it by `execution_options()` share and which
`dispose()` leaves alone; so a query finds it by one attribute, and it goes when the engine goes.
"""

import math
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from sqlalchemy.engine import Dialect, Engine

from otelkit.instrumentation.sqlalchemy.pool import WatchedPool
from otelkit.instrumentation.sqlalchemy.server import server_of
from otelkit.instrumentation.sqlalchemy.statements import Statements
from otelkit.instrumentation.sqlalchemy.telemetry import Telemetry

ATTRIBUTE = "_otelkit_sqlalchemy"


class Watched:
    """One engine."""

    def __init__(self, engine: Engine, telemetry: Telemetry) -> None:
        self.telemetry, self.settings = telemetry, telemetry.settings
        self.server = server_of(engine)
        self.statements = Statements(engine.dialect, self.server)
        self.batches = Statements(engine.dialect, self.server, batch=True)
        self.pool = WatchedPool(engine, telemetry.pools.times)
        self.start_span = telemetry.tracer.start_span
        self.record = telemetry.duration.record
        self.repeat: Callable[[Any, str], None] = telemetry.findings.repeat
        self.decorates = self.settings.record_parameters or self.settings.sqlcommenter
        self.wait_limit_seconds = self.settings.pool_wait_threshold_seconds or math.inf
        self.has_transactions = self.settings.transaction_spans
        self.ending: dict[int, Any] = {}
        """Transactions whose end was announced, by the identity of what the dialect's end gets."""
        self._replaced: dict[str, Any] = {}
        telemetry.pools.watched.add(self.pool)

    def replace(self, dialect: Dialect, name: str, wrapping: Callable[[Any], Any]) -> None:
        """Give this dialect alone another method; `wrapping` gets the one it had."""
        self._replaced[name] = dialect.__dict__.get(name)
        setattr(dialect, name, wrapping(getattr(dialect, name)))

    def restore(self, dialect: Dialect) -> None:
        """Take back what was replaced, and record what was gathered."""
        for name, own in self._replaced.items():
            dialect.__dict__.pop(name)
            if own is not None:
                setattr(dialect, name, own)
        self.telemetry.instruments.hand_over()
        self.telemetry.pools.watched.discard(self.pool)


class Engines:
    """Which engines are watched: those that were named, or all."""

    def __init__(self) -> None:
        self.for_all: Telemetry | None = None
        self.attach: Callable[[Engine, Watched], None] = lambda *_: None
        self._dialects: WeakSet[Dialect] = WeakSet()

    def watch(self, engine: Engine, telemetry: Telemetry) -> Watched:
        """Watch an engine; one that is watched already stays as it is."""
        # An engine made by execution_options() can be short-lived; the one below it owns the pool.
        while (below := getattr(engine, "_proxied", None)) is not None:
            engine = below
        known = self.known(engine.dialect)
        if known is not None:
            return known
        watched = Watched(engine, telemetry)
        setattr(engine.dialect, ATTRIBUTE, watched)
        self._dialects.add(engine.dialect)
        self.attach(engine, watched)
        return watched

    def find(self, engine: Engine) -> Watched | None:
        """What is kept of an engine, which is watched from now on if all are."""
        known = self.known(engine.dialect)
        if known is not None or self.for_all is None:
            return known
        return self.watch(engine, self.for_all)

    @staticmethod
    def known(dialect: Dialect) -> Watched | None:
        """What is kept of an engine by its dialect; None when it is not watched."""
        known: Watched | None = dialect.__dict__.get(ATTRIBUTE)
        return known

    def forget(self) -> None:
        """Leave every engine as it was."""
        self.for_all = None
        for dialect in list(self._dialects):
            watched: Watched = dialect.__dict__.pop(ATTRIBUTE)
            watched.restore(dialect)
        self._dialects.clear()


ENGINES = Engines()
