"""The attributes of our span: a plain dict as long as that does what the SDK's BoundedAttributes would.

Role: between what a span shares with its tracer and the span itself. Decision: plain are text, numbers and
truth values under keys of text, no more than the limit: there the SDK would have nothing to clean, to cut or
to drop. The first other attribute moves all into the SDK's own class. Convention: "Attribute" and "Attribute
limits" of the specification's common concepts.
"""

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.util.types import AnyValue, Attributes

from otelkit.spans.redacted_pairs import PLAIN
from otelkit.spans.shared import SpanOfOrigin

_TEXT = frozenset({str})
_log = logging.getLogger("opentelemetry.sdk.trace")  # what the SDK's spans warn with


class SpanWithAttributes(SpanOfOrigin):
    """A span that takes attributes until it ends."""

    _attributes: Any
    _end_time: int | None = None

    @property
    def attributes(self) -> Attributes:
        """A view that is safe to read while others write: the SDK's own, from now on."""
        if type(self._attributes) is dict:
            with self._lock:
                if self._end_time is None:
                    self._move()
        return MappingProxyType(self._attributes)

    def set_attribute(self, key: str, value: AnyValue) -> None:
        """Set one attribute; ignored with a warning when the span has ended."""
        with self._lock:
            if self._end_time is not None:
                _log.warning("Setting attribute on ended span.")
                return
            attributes = self._attributes
            if type(attributes) is dict:
                if type(value) in PLAIN and type(key) is str and key and len(attributes) < self.origin.room:
                    if key in attributes:
                        del attributes[key]
                    attributes[key] = value
                    return
                attributes = self._move()
            attributes[key] = value

    def set_attributes(self, attributes: Mapping[str, AnyValue]) -> None:
        """Set attributes; ignored with a warning when the span has ended."""
        with self._lock:
            own = self._attributes
            if self._end_time is None and type(own) is dict:
                room = self.origin.room - len(own)
                if type(attributes) is dict and len(attributes) <= room and are_plain(attributes):
                    for key in own.keys() & attributes.keys():
                        del own[key]
                    own.update(attributes)
                    return
                self._move()
        super().set_attributes(attributes)

    def _move(self) -> BoundedAttributes:
        self._attributes = moved = self.bound(self._attributes)
        return moved

    def bound(self, attributes: Attributes, *, immutable: bool = False) -> BoundedAttributes:
        """Give the SDK's attributes, within the limits of the tracer."""
        limits = self.origin.limits
        length = limits.max_span_attribute_length
        return BoundedAttributes(limits.max_span_attributes, attributes, immutable, length)


def are_plain(attributes: dict[str, Any]) -> bool:
    """Whether there is nothing to clean in these attributes."""
    # Each a loop in C.
    plain_values = PLAIN.issuperset(map(type, attributes.values()))
    return plain_values and _TEXT.issuperset(map(type, attributes)) and "" not in attributes
