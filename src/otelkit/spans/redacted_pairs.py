"""Attributes redacted and encoded in one look-up each: from class, key and value to the bytes of the pair.

Decision: text that redaction leaves as it is, and that is short, is kept with its bytes; what it changes is
never kept, so no secret stays in memory for this. A rule that looks at other attributes cannot be asked here:
`NeedsSiblingsError` says so, and the whole map is redacted first. At a bound all is forgotten, as in
`otelkit.encoding.pairs`. Convention: `KeyValue` of opentelemetry-proto.
"""

from typing import Any

from opentelemetry.util.types import AnyValue

from otelkit.encoding.pairs import KEYS, LONGEST_TEXT, VALUES, VALUES_A_KEY, classes
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.rules import LOOK_AT_SIBLINGS, rule_for

PLAIN = frozenset({str, int, bool, float})


class NeedsSiblingsError(Exception):
    """The value can only be redacted together with the attributes beside it."""


class RedactedPairs(dict[type, "_Keys"]):
    """From the class of a plain value to the pairs of each key."""

    def __init__(self, redactor: AttributeRedactor) -> None:
        super().__init__()
        self.redactor = redactor
        self.kept_texts = 0
        self.update({kind: _Keys(self, kind) for kind in PLAIN})

    def encode(self, key: str, value: AnyValue, siblings: dict[str, AnyValue]) -> bytes:
        """Redact and encode one pair, whatever it is."""
        return _encode(key, self.redactor.redact(key, value, siblings))

    def forget(self) -> None:
        """Forget all that is kept."""
        self.kept_texts = 0
        for keys in self.values():
            keys.clear()


class _Keys(dict[str, Any]):
    def __init__(self, owner: RedactedPairs, kind: type) -> None:
        super().__init__()
        self._owner, self._kind = owner, kind

    def __missing__(self, key: str) -> Any:
        if len(self) >= KEYS:
            self.clear()
        pairs = self[key] = self._make(key)
        return pairs

    def _make(self, key: str) -> Any:
        if key.lower() in LOOK_AT_SIBLINGS:
            return _NeedSiblings()
        if self._kind is str:
            return _Texts(self._owner, key)
        is_free = rule_for(key, self._owner.redactor.allow) is None
        return classes[self._kind][key] if is_free else _Ruled(self._owner.redactor, key)


class _Texts(dict[str, bytes]):
    """The pairs of one key with text values."""

    def __init__(self, owner: RedactedPairs, key: str) -> None:
        super().__init__()
        self._owner, self._key = owner, key

    def __missing__(self, text: str) -> bytes:
        redacted = self._owner.redactor.redact(self._key, text, {})
        pair = _encode(self._key, redacted)
        if redacted is text and len(text) <= LONGEST_TEXT and len(self) < VALUES_A_KEY:
            self._keep(text, pair)
        return pair

    def _keep(self, text: str, pair: bytes) -> None:
        if self._owner.kept_texts >= VALUES:
            self._owner.forget()
        self._owner.kept_texts += 1
        self[text] = pair


class _Ruled:
    """The pairs of one key whose values a rule redacts, which are no text."""

    def __init__(self, redactor: AttributeRedactor, key: str) -> None:
        self._redactor, self._key = redactor, key

    def __getitem__(self, value: AnyValue) -> bytes:
        return _encode(self._key, self._redactor.redact(self._key, value, {}))


class _NeedSiblings:
    def __getitem__(self, _: AnyValue) -> bytes:
        raise NeedsSiblingsError


def _encode(key: str, value: AnyValue) -> bytes:
    pair: bytes = classes[type(value)][key][value]
    return pair
