"""Settings: arguments of `instrument()`, else variables whose names begin with the instrumentation's prefix.

A wrong value is an error that names the setting and the remedy; nothing is guessed. An instrumentation with
settings of its own subclasses Settings.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, get_args

S = TypeVar("S", bound="Settings")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is recorded; the variable of each is its name in upper case after the prefix."""

    single_message: Literal["parent", "link"] = "parent"
    """The creation context of a message that is processed alone: parent and link, or link of a new trace."""
    settle: Literal["event", "span", "none"] = "event"
    """Acknowledgements: an event of the process span, a span of their own, or nothing."""
    templates: tuple[str, ...] = ()
    """Destinations without ids, as `orders.{customer}.paid`; in others, what looks like an id is replaced."""
    baggage_hosts: tuple[str, ...] | None = None
    """Brokers that may see baggage; by default those that OTELKIT_BAGGAGE_HOSTS names."""


def read_settings(
    kind: type[S], prefix: str, given: Mapping[str, Any], environ: Mapping[str, str] = os.environ
) -> S:
    """Take the settings out of `given`, and those that are None or not there out of the environment.

    Raises:
        ValueError: a value that the setting does not have, or an argument that is no setting.
    """
    known = {field.name: field.type for field in fields(kind)}
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"instrument() knows no {unknown[0]!r}; settings are {', '.join(known)}")
    values: dict[str, Any] = {}
    for name, type_ in known.items():
        variable = prefix + name.upper()
        if given.get(name) is not None:
            values[name] = _checked(name, given[name], type_)
        elif text := environ.get(variable, "").strip():
            values[name] = _checked(
                variable, text if get_args(type_) and _choices(type_) else _split(text), type_
            )
    return kind(**values)


def _checked(name: str, value: Any, type_: Any) -> Any:
    choices = _choices(type_)
    if not choices:
        return _names(name, value)
    if value not in choices:
        raise ValueError(f"{name}={value!r}: use one of {', '.join(choices)}")
    return value


def _choices(type_: Any) -> tuple[str, ...]:
    return tuple(choice for choice in get_args(type_) if isinstance(choice, str))


def _names(name: str, value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name}={value!r}: use a list of names")
    return tuple(value)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
