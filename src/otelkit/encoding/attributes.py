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
    if attributes is None:
        return b""
    try:
        # The SDK's attributes and dict have it: one step of C, where iteration calls Python for each key.
        items = attributes.copy()  # type: ignore[attr-defined]  # a Mapping need not
    except AttributeError:
        items = dict(attributes)
    if not items:
        return b""
    by_class = classes
    return tag + tag.join([by_class[type(value)][key][value] for key, value in items.items()])
