"""Redacts maps of attributes: a rule by key where the conventions give one, else by what the text holds.

Follows semantic conventions 1.44 (url, http, db, exception, rpc metadata) and the older names that
instrumentations still write. A value that cannot be judged becomes REDACTED: an error never lets it pass.
"""

from collections.abc import Mapping, Sequence

from opentelemetry.util.types import AnyValue

from otelkit.redaction.allow import AllowList
from otelkit.redaction.rules import Attributes, Rule, rule_for
from otelkit.redaction.text import may_hold_secrets, redact_text
from otelkit.redaction.urls import REDACTED

_PLAIN_KEYS_LIMIT = 4096
_DEPTH_LIMIT = 32
_SCALARS = frozenset({int, float, bool, type(None)})


class AttributeRedactor:
    """Redacts attribute maps by one allow-list; safe to share between threads."""

    def __init__(self, allow: AllowList) -> None:
        self.allow = allow
        self._plain_keys: set[str] = set()

    def changes(self, bounded: Attributes | None) -> dict[str, AnyValue]:
        """Give the attributes that must change, with their new values; mostly there are none."""
        if bounded is None:
            return {}
        # Their own copy() is ten times as fast as asking the SDK's BoundedAttributes key by key.
        attributes: dict[str, AnyValue] = bounded.copy() if hasattr(bounded, "copy") else dict(bounded)
        if attributes.keys() <= self._plain_keys and not _is_worth_a_look(attributes):
            return {}
        changed = {}
        for key, value in attributes.items():
            redacted = self.redact(key, value, attributes)
            if redacted is not value:
                changed[key] = redacted
        return changed

    def redact_value(self, value: AnyValue, depth: int = 0) -> AnyValue:
        """Redact free text in `value`, in its elements and its maps; `value` itself when nothing changes."""
        if type(value) in _SCALARS:
            return value
        if isinstance(value, str | bytes):
            return self._redact_string(value)
        if isinstance(value, int | float):  # an HTTPStatus, for one
            return value
        return REDACTED if depth >= _DEPTH_LIMIT else self._redact_collection(value, depth)

    def _redact_collection(self, value: AnyValue, depth: int) -> AnyValue:
        if isinstance(value, Mapping):
            return self._redact_map(value, depth)
        if isinstance(value, Sequence):
            elements = tuple(self.redact_value(element, depth + 1) for element in value)
            return value if all(map(_same, elements, value)) else elements
        return REDACTED

    def _redact_string(self, value: str | bytes) -> str | bytes:
        text = value if isinstance(value, str) else value.decode("latin-1")
        redacted = redact_text(text, self.allow)
        if redacted == text:
            return value
        return redacted if isinstance(value, str) else redacted.encode("latin-1")

    def _redact_map(self, values: Mapping[str, AnyValue], depth: int) -> AnyValue:
        redacted = {
            redact_text(str(key), self.allow): self.redact(str(key), value, values, depth + 1)
            for key, value in values.items()
        }
        same_keys = len(redacted) == len(values) and all(map(_same, redacted, values))
        return values if same_keys and all(map(_same, redacted.values(), values.values())) else redacted

    def redact(self, key: str, value: AnyValue, siblings: Attributes, depth: int = 0) -> AnyValue:
        """Redact one attribute among `siblings`; `value` itself when nothing changes."""
        try:
            rule = self._rule_for(key)
            return self.redact_value(value, depth) if rule is None else rule(value, siblings, self.allow)
        except Exception:  # noqa: BLE001 - whatever fails here, the value must not pass
            return REDACTED

    def _rule_for(self, key: str) -> Rule | None:
        if key in self._plain_keys:
            return None
        rule = rule_for(key, self.allow)
        if rule is None and len(self._plain_keys) < _PLAIN_KEYS_LIMIT:
            self._plain_keys.add(key)
        return rule


def _is_worth_a_look(attributes: Attributes) -> bool:
    values = attributes.values()
    try:
        return may_hold_secrets("\n".join([value for value in values if type(value) not in _SCALARS]))  # type: ignore[misc]  # join checks
    except TypeError:
        return True


def _same(left: object, right: object) -> bool:
    return left is right
