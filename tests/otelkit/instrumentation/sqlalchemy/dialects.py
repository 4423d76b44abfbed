"""Dialects by name, as far as statements look at them."""

from types import SimpleNamespace

from otelkit.instrumentation.sqlalchemy.statements import Statement, Statements


def read(text: str, name: str = "postgresql", **settings: bool) -> Statement:
    """Read one statement as the dialect `name` does, with settings that a server told."""
    dialect = SimpleNamespace(name=name, **settings)
    return Statements(dialect, {"db.system.name": name})[text]


def masked(text: str, name: str = "postgresql", **settings: bool) -> str:
    """Give the text without literals."""
    return str(read(text, name, **settings).span["db.query.text"])
