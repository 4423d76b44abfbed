"""Settings: arguments of `instrument()`, by default `OTELKIT_SQLALCHEMY_...` variables.

A wrong value is an error that names the setting and the remedy; nothing is guessed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

PREFIX = "OTELKIT_SQLALCHEMY_"


@dataclass(frozen=True)
class Settings:
    """What is recorded; the variable of each is its name in upper case after `OTELKIT_SQLALCHEMY_`."""

    record_parameters: bool = False
    """Values of parameters as `db.query.parameter.<name>`: they can be personal data."""
    transaction_spans: bool = False
    """One span for each transaction, with its outcome and attempt, around its queries."""
    sqlcommenter: bool = False
    """The trace's id as a comment in statements; makes each text unique, so servers cannot reuse plans."""
    n_plus_one_threshold: int = 10
    """Repetitions of one summary under one span that are still no finding; 0 turns the detector off."""
    pool_wait_threshold_seconds: float = 0.1
    """The wait for a connection from which on it is a finding; 0 turns the detector off."""


def settings_of(given: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
    """Take the settings out of `given`, and those that are not there out of the environment.

    Raises:
        ValueError: a value of the wrong kind, or an argument that is no setting.
    """
    kinds = {field.name: type(field.default) for field in fields(Settings)}
    if unknown := sorted(set(given) - set(kinds)):
        raise ValueError(f"instrument() knows no {unknown[0]!r}; settings are {', '.join(kinds)}")
    values = {}
    for name, kind in kinds.items():
        variable = PREFIX + name.upper()
        if given.get(name) is not None:
            values[name] = _checked(name, given[name], kind)
        elif text := environ.get(variable, "").strip():
            values[name] = _parsed(variable, text, kind)
    return Settings(**values)


def _checked(name: str, value: Any, kind: type) -> Any:
    fits = isinstance(value, bool) if kind is bool else isinstance(value, int | float) and value >= 0
    if not fits or (kind is not bool and isinstance(value, bool)):
        raise ValueError(f"{name}={value!r}: use {_REMEDIES[kind]}")
    return kind(value)


def _parsed(variable: str, text: str, kind: type) -> Any:
    try:
        value = {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise ValueError(f"{variable}={text!r}: use {_REMEDIES[kind]}") from None
    return _checked(variable, value, kind)


_REMEDIES = {bool: "true or false", int: "a whole number, 0 or more", float: "a number of seconds, 0 or more"}
