"""Metadata of baggage entries: the properties behind the first `;`, which the Python API has no place for.

Kept beside the baggage in the context, each with the value that it belongs to, so that an entry which is
changed or removed through the API's own functions loses its metadata
(https://opentelemetry.io/docs/specs/otel/baggage/api/#set-value).
"""

from collections.abc import Mapping

from opentelemetry import baggage
from opentelemetry.context import Context, create_key, get_value, set_value

from otelkit.propagation.members import is_metadata, without_spaces

Described = tuple[object, str]  # value and metadata of an entry
_METADATA = create_key("baggage-metadata")


def get_metadata(name: str, context: Context | None = None) -> str:
    """Give the properties of a baggage entry, as `ttl=60;private`; empty when it has none."""
    return metadata_of(baggage.get_baggage(name, context), described(context).get(name))


def set_metadata(name: str, metadata: str, context: Context | None = None) -> Context:
    """Give `context` with the properties of an entry that is already in its baggage.

    Raises:
        ValueError: the baggage has no such entry, or `metadata` is no list of properties.
    """
    value = baggage.get_baggage(name, context)
    if value is None:
        raise ValueError(f"there is no baggage {name!r}: set it before its metadata")
    if metadata and not is_metadata(metadata):
        raise ValueError(f"metadata of baggage {name!r} is malformed: use key, or key=value, separated by ;")
    return store({name: (value, without_spaces(metadata))}, context)


def store(added: Mapping[str, Described], context: Context | None) -> Context:
    """Give `context` with more metadata, each with the value of its entry."""
    return set_value(_METADATA, {**described(context), **added}, context)


def described(context: Context | None) -> Mapping[str, Described]:
    """Entries that have or had metadata, by name."""
    found = get_value(_METADATA, context)
    return found if isinstance(found, dict) else {}


def metadata_of(value: object, known: Described | None) -> str:
    """Give the metadata unless `value` has taken the place of that which it belongs to."""
    return known[1] if known and known[0] is value else ""
