"""One list-member of a `baggage` header: `key=value;property;property=value`.

The key is a token and stands for itself, the value is percent-encoded UTF-8, in which `+` is a plus
(https://www.w3.org/TR/baggage/#definition). Properties are kept as they came, without spaces: they are
OpenTelemetry's metadata, one opaque string (https://opentelemetry.io/docs/specs/otel/baggage/api/#set-value).
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

# Possessive (`*+`), because around an empty value two runs of spaces meet: trying all ways to share 8,000
# spaces between them takes a second.
_OWS = r"[ \t]*+"
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"  # noqa: S105 - a token of RFC 9110, no secret
_VALUE = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*+"
_PROPERTY = rf"{_OWS}{_TOKEN}{_OWS}(?:={_OWS}{_VALUE}{_OWS})?"
_MEMBER = re.compile(rf"({_TOKEN}){_OWS}={_OWS}({_VALUE}){_OWS}((?:;{_PROPERTY})*)")
_KEY = re.compile(_TOKEN)
_METADATA = re.compile(rf"{_PROPERTY}(?:;{_PROPERTY})*")
_PLAIN = re.compile(_VALUE.replace(r"\x23-\x2b", r"\x23\x24\x26-\x2b"))  # without %
_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"


class Member(NamedTuple):
    """A valid list-member; `size` is its length in bytes on the wire, without optional spaces."""

    key: str
    value: str
    metadata: str
    size: int


def parse_member(text: str) -> Member | None:
    """Read one list-member, already without surrounding spaces; None when it is malformed."""
    match = _MEMBER.fullmatch(text)
    if match is None:
        return None
    key, value, metadata = match.groups()
    if metadata:
        metadata = without_spaces(metadata[1:])
    size = len(key) + len("=") + len(value) + (len(metadata) + len(";") if metadata else 0)
    # Sequences that are no UTF-8 become U+FFFD, as the specification wants.
    return Member(key, unquote(value) if "%" in value else value, metadata, size)


def format_member(key: str, value: str, metadata: str) -> str | None:
    """Write one list-member; None when the key cannot be one."""
    if not is_key(key):
        return None
    if _PLAIN.fullmatch(value) is None:
        value = quote(value, safe=_SAFE, errors="replace")
    member = f"{key}={value}"
    return f"{member};{metadata}" if metadata else member


def is_key(key: object) -> bool:
    """Whether `key` is a token, as the names of headers and of baggage are."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def is_metadata(text: str) -> bool:
    """Whether `text` is a list of properties as `ttl=60;private`."""
    return _METADATA.fullmatch(text) is not None


def without_spaces(metadata: str) -> str:
    """Drop the optional spaces between properties; inside of them there are none."""
    return metadata.replace(" ", "").replace("\t", "")
