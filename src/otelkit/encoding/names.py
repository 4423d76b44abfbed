"""Text fields that recur: span, event and log event names, severities.

Role: such a name is encoded once and kept. Decision: all are forgotten when `NAMES` are kept, so that names
with ids in them cost their encoding and no more memory. Convention: names are of low cardinality by
specification.
"""

from otelkit.encoding.wire import delimited, utf8

NAMES = 1_024
LONGEST_NAME = 256  # characters


class Names(dict[str | None, bytes]):
    """From a text to its field with one tag; nothing for None and empty text, a default left out."""

    def __init__(self, tag: bytes) -> None:
        super().__init__()
        self._tag = tag

    def __missing__(self, name: object) -> bytes:
        if name is None or name == "":
            return b""
        text = name if isinstance(name, str) else str(name)
        field = delimited(self._tag, utf8(text))
        if type(name) is str and len(name) <= LONGEST_NAME:
            if len(self) >= NAMES:
                self.clear()
            self[name] = field
        return field
