"""`url.query` without its values, but for parameters that are allowed by name.

Semantic conventions 1.44 name a few parameters to redact; tokens have other names too, so here all are
redacted that nobody allowed. `OTELKIT_ALLOW_QUERY_PARAMETERS` is the same list as redaction's.
"""

import os
import re

ALLOW_VARIABLE = "OTELKIT_ALLOW_QUERY_PARAMETERS"
_REDACTED = "REDACTED"
_SEPARATOR = re.compile("([&;])")


def allowed_parameters() -> frozenset[str]:
    """Read the names that the environment allows, separated by commas."""
    names = os.environ.get(ALLOW_VARIABLE, "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def redact_query(query: str, allowed: frozenset[str]) -> str:
    """Keep the names of a query string's parameters; a part without `=` may be a value, so it goes."""
    parts = _SEPARATOR.split(query)
    parts[::2] = [_redact(part, allowed) for part in parts[::2]]
    return "".join(parts)


def _redact(part: str, allowed: frozenset[str]) -> str:
    name, equals, value = part.partition("=")
    if not part or name in allowed or (equals and not value):
        return part
    return f"{name}={_REDACTED}" if equals else _REDACTED
