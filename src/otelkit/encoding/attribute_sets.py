"""Whole attribute sets of metric points, encoded once: each recurs at every collection.

Role: where `attributes` keeps single pairs, this keeps what all pairs of a point give. Decision: found by
content and not by identity, because anyone may change a dictionary between two collections; classes belong
to the key, because 1, 1.0 and True are equal, and sets with other values than text, integers and booleans
are encoded each time. At the bound all are forgotten. Convention: `KeyValue` of opentelemetry-proto.
"""

from collections.abc import Mapping

from otelkit.encoding.attributes import encode_attributes

SETS = 4_096
LONGEST_SET_BYTES = 1_024

_KEPT_CLASSES = frozenset({str, int, bool})


class AttributeSets:
    """Encodes the attributes of one kind of points, each after the same tag."""

    def __init__(self, tag: bytes) -> None:
        self._tag = tag
        self._kept: dict[tuple[object, ...], bytes] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def encode(self, attributes: Mapping[str, object] | None) -> bytes:
        """Encode attributes as repeated KeyValue fields."""
        if not attributes:
            return b""
        values = attributes.values()
        key = (*attributes, *values, *map(type, values))
        try:
            kept = self._kept.get(key)
        except Exception:  # noqa: BLE001 - a list has no hash, and that of a foreign class raises what it likes
            return encode_attributes(self._tag, attributes)
        return kept if kept is not None else self._encode_and_keep(key, attributes)

    def _encode_and_keep(self, key: tuple[object, ...], attributes: Mapping[str, object]) -> bytes:
        encoded = encode_attributes(self._tag, attributes)
        size = len(key) // 3
        keepable = _KEPT_CLASSES.issuperset(map(type, key[size : 2 * size]))
        if keepable and len(encoded) <= LONGEST_SET_BYTES and all(type(name) is str for name in key[:size]):
            if len(self._kept) >= SETS:
                self._kept.clear()
            self._kept[key] = encoded
        return encoded
