"""How the value of a variable is read: each kind of value is a function that takes its text.

A wrong value is one error that names the variable, its value and the remedy. An empty value
counts as unset
(https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import unquote

from otelkit.errors import ConfigurationError

T = TypeVar("T")

_HOST = re.compile(r"(\*\.)?[\w-]+(\.[\w-]+)*\.?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+", re.ASCII)
LOG_LEVELS = ("debug", "info", "warning", "warn", "error", "critical")


def boolean(text: str) -> bool:
    """`true` or `false`, in any case."""
    if text.lower() not in {"true", "false"}:
        raise ValueError("use true or false")
    return text.lower() == "true"


def whole_number(text: str, minimum: int = 0) -> int:
    """A whole number that is at least `minimum`."""
    if not text.isascii() or not text.isdigit() or int(text) < minimum:
        raise ValueError(f"use a whole number, {minimum} or more")
    return int(text)


def positive(text: str) -> int:
    """A whole number above zero."""
    return whole_number(text, 1)


def ratio(text: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ValueError("use a number from 0 to 1, as 0.1")
    return number


def one_of(*choices: str) -> Callable[[str], str]:
    """One of the given words, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"use one of {', '.join(choices)}")
        return text.lower()

    return parse


def pairs(text: str) -> dict[str, str]:
    """`key=value,key=value`, values percent-encoded (W3C Baggage form, as the resource SDK asks)."""
    found = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = item.partition("=")
        if not key.strip() or not equals:
            raise ValueError(f"{item!r} is no pair: use key=value,key=value")
        found[key.strip()] = unquote(value.strip())
    return found


def host_names(text: str) -> list[str]:
    """`stock.internal,*.shop.svc`: hosts, and names below a host."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _HOST.fullmatch(name):
            raise ValueError(f"{name!r} is no host: use names without port, as stock.internal,*.shop.svc")
    return names


def read(environ: Mapping[str, str], name: str, parse: Callable[[str], T], default: T) -> T:
    """Parse one variable.

    Raises:
        ConfigurationError: the value is not what `parse` takes.
    """
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except ValueError as error:
        raise ConfigurationError(f"{name}={text!r}: {error}") from None
