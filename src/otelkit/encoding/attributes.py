"""Attributes as repeated KeyValue fields.

Role: the inner loop of all encoding: `pairs` knows what recurs. Decision: the tag separates the pairs as
they are joined, so that one cache serves spans, events, links, logs, points, resources and scopes.
Convention: `attributes` of the messages of opentelemetry-proto.
"""

from collections.abc import Mapping

from otelkit.encoding.pairs import classes


def encode_attributes(tag: bytes, attributes: Mapping[str, object] | None) -> bytes:
    """Encode attributes as repeated KeyValue fields, each after `tag`, that of the message's `attributes`.

    Keys that are no text are written as their text. Never raises for what a value is.
    """
    if not attributes:
        return b""
    # The SDK's attributes and dict have `copy`: one step of C, where iteration calls Python for each key.
    items = attributes.copy() if hasattr(attributes, "copy") else dict(attributes)
    if not items:  # emptied by another thread meanwhile
        return b""
    by_class = classes
    return tag + tag.join([by_class[type(value)][key][value] for key, value in items.items()])
