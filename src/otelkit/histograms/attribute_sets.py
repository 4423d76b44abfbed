"""What attributes a measurement has, as the SDK sees them: cleaned, and told apart by type, too.

True, 1 and 1.0 are equal in Python and three values in OpenTelemetry's data model.
"""

import logging
from collections.abc import Hashable, Mapping, Sequence
from types import NoneType
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.util.types import AnyValue

OVERFLOW: Mapping[str, AnyValue] = {"otel.metric.overflow": True}  # in no release of semconv's package
_PLAIN = (NoneType, str, int, float, bool, bytes)

_log = logging.getLogger(__name__)


def clean(attributes: Any) -> dict[str, AnyValue]:
    """Attributes as the SDK exports them; what it cannot take is left out with a warning."""
    if attributes is None:
        return {}
    if not isinstance(attributes, Mapping):
        _log.warning("Invalid type '%s' for attributes. Expected a Mapping or None.", type(attributes))
        return {}
    return dict(BoundedAttributes(attributes=attributes).copy())


def identity(value: AnyValue) -> Hashable:
    """Equal for what is one point to the SDK, in whatever order the attributes came; `value` is clean."""
    if isinstance(value, _PLAIN):
        return (type(value).__name__, value)
    if isinstance(value, Sequence):
        return ("sequence", tuple(identity(item) for item in value))
    return ("mapping", tuple((name, identity(value[name])) for name in sorted(value)))


def is_plain(attributes: Any) -> bool:
    """Whether names, values and their types say all there is: a later equal set needs no cleaning."""
    return isinstance(attributes, Mapping) and all(
        name and isinstance(name, str) and isinstance(value, _PLAIN) for name, value in attributes.items()
    )
