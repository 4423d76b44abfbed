"""What may leave the process: names of parameters, headers, exception types and baggage keys.

Allow-lists, because a list of forbidden names is always one name short. Names are compared exactly;
only header names ignore case, and `_` counts as `-` in them (older instrumentations write underscores).
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from otelkit.errors import ConfigurationError


class _Source(NamedTuple):
    variable: str
    name: re.Pattern[str]
    example: str


_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'+.^_`|~-]+")  # RFC 9110 section 5.6.2, without `*`
_SOURCES = {
    "query_parameters": _Source(
        "OTELKIT_ALLOW_QUERY_PARAMETERS", re.compile(r"[^\s*,;=&?#\"']+"), "page,limit"
    ),
    "headers": _Source("OTELKIT_ALLOW_HEADERS", _TOKEN, "content-type,content-length"),
    "exception_types": _Source(
        "OTELKIT_ALLOW_EXCEPTIONS", re.compile(r"[^\W\d]\w*(\.([^\W\d]\w*|<locals>))*"), "shop.OutOfStock"
    ),
    "baggage_keys": _Source("OTELKIT_ALLOW_BAGGAGE", _TOKEN, "tenant.id"),
}


@dataclass(frozen=True)
class AllowList:
    """Names whose values are exported as they are; everything else is redacted.

    `exception_types` are compared with `exception.type`: the qualified name on spans, the bare class
    name in log records (the SDK's and the logging handler's habit), so list both where both are wanted.
    """

    query_parameters: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()
    exception_types: frozenset[str] = frozenset()
    baggage_keys: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", frozenset(map(header_name, self.headers)))

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "AllowList":
        """Read the OTELKIT_ALLOW_* variables, each a comma-separated list of names.

        Raises ConfigurationError for a name that cannot be one, such as `*` or two words.
        """
        return cls(**{field: _names(source, environ) for field, source in _SOURCES.items()})


def header_name(name: str) -> str:
    """Give the form in which header names are compared."""
    return name.lower().replace("_", "-")


def baggage_predicate(allow: AllowList) -> Callable[[str], bool]:
    """Predicate for BaggageSpanProcessor and BaggageLogProcessor: only allowed keys are recorded."""
    return allow.baggage_keys.__contains__


def _names(source: _Source, environ: Mapping[str, str]) -> frozenset[str]:
    value = environ.get(source.variable, "")
    names = [name.strip() for name in value.split(",") if name.strip()]
    for name in names:
        if not source.name.fullmatch(name):
            raise ConfigurationError(
                f"{source.variable}={value!r}: {name!r} is not a name that can be allowed. Give exact names "
                f"separated by commas, without patterns, such as {source.variable}={source.example}"
            )
    return frozenset(names)
