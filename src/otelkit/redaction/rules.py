"""Which rule an attribute's key calls for.

Header values stay arrays, `["REDACTED"]`, as semantic conventions 1.44 type them: that a header was
there is worth knowing, and an absent attribute could as well mean that capture is off.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from opentelemetry.util.types import AnyValue

from otelkit.redaction.allow import AllowList, header_name
from otelkit.redaction.exceptions import redact_exception_type, redact_stacktrace
from otelkit.redaction.secrets import SECRET_NAME
from otelkit.redaction.sql import redact_sql
from otelkit.redaction.urls import REDACTED, redact_query, redact_url

Attributes = Mapping[str, AnyValue]
Rule = Callable[[AnyValue, Attributes, AllowList], AnyValue]

_HEADER_PREFIXES = (
    *("http.request.header.", "http.response.header."),
    *("rpc.request.metadata.", "rpc.response.metadata."),
    *("rpc.grpc.request.metadata.", "rpc.grpc.response.metadata."),
    *("rpc.connect_rpc.request.metadata.", "rpc.connect_rpc.response.metadata."),
)
_ALWAYS_PREFIXES = ("db.query.parameter.", "db.operation.parameter.")


def rule_for(key: str, allow: AllowList) -> Rule | None:
    """Give the rule for `key`; None means free text."""
    lowered = key.lower()
    if rule := _BY_KEY.get(lowered):
        return rule
    for prefix in _HEADER_PREFIXES:
        if lowered.startswith(prefix):
            return _keep if header_name(lowered[len(prefix) :]) in allow.headers else _redact_header
    if lowered.rpartition(".")[2] in _HEADER_MAPS:
        return _redact_headers
    is_secret = lowered.startswith(_ALWAYS_PREFIXES) or SECRET_NAME.search(key)
    return _redact_always if is_secret and key not in allow.baggage_keys else None


def _keep(value: AnyValue, _siblings: Attributes, _allow: AllowList) -> AnyValue:
    return value


def _redact_always(value: AnyValue, _siblings: Attributes, _allow: AllowList) -> AnyValue:
    return value if value is None or value is True or value is False or value == REDACTED else REDACTED


def _redact_header(value: AnyValue, _siblings: Attributes, _allow: AllowList) -> AnyValue:
    return value if value == (REDACTED,) else (REDACTED,)


def _redact_headers(value: AnyValue, _siblings: Attributes, allow: AllowList) -> AnyValue:
    if not isinstance(value, Mapping):
        return _redact_always(value, _siblings, allow)
    kept = {
        str(name): each if header_name(str(name)) in allow.headers else REDACTED
        for name, each in value.items()
    }
    return value if kept == value else kept


def _redact_message(value: AnyValue, siblings: Attributes, allow: AllowList) -> AnyValue:
    is_allowed = siblings.get("exception.type") in allow.exception_types
    return value if is_allowed or value == REDACTED else REDACTED


def _text_rule(redact: Callable[[str, Attributes, AllowList], str]) -> Rule:
    """Make a rule of a function on text; bytes and other types that the key never has are redacted whole."""

    def rule(value: AnyValue, siblings: Attributes, allow: AllowList) -> AnyValue:
        if value == REDACTED or not isinstance(value, str):
            return _redact_always(value, siblings, allow)
        redacted = redact(value, siblings, allow)
        return value if redacted == value else redacted

    return rule


def _redact_statement(text: str, siblings: Attributes, _allow: AllowList) -> str:
    system = str(siblings.get("db.system.name") or siblings.get("db.system") or "").lower()
    return (_redact_repeated if len(text) <= _REPEATED_CHARS else redact_sql)(text, system)


# A program has few statements and sends them again and again; at most 2 MB of them are remembered.
_REPEATED_CHARS = 2048
_redact_repeated = lru_cache(maxsize=512)(redact_sql)
_query = _text_rule(lambda text, _siblings, allow: redact_query(text, allow.query_parameters))
_url = _text_rule(lambda text, _siblings, allow: redact_url(text, allow.query_parameters))
_statement = _text_rule(_redact_statement)
_HEADER_MAPS = frozenset({"headers", "request_headers", "response_headers", "cookies"})
_BY_KEY: dict[str, Rule] = {
    "url.query": _query,
    "query_string": _query,
    "url.full": _url,
    "http.url": _url,
    "http.target": _url,
    "url.fragment": _redact_always,
    "db.query.text": _statement,
    "db.statement": _statement,
    "db.statement.parameters": _redact_always,
    "exception.message": _redact_message,
    "exception.type": _text_rule(lambda text, _siblings, _allow: redact_exception_type(text)),
    "exception.stacktrace": _text_rule(
        lambda text, siblings, _allow: redact_stacktrace(text, str(siblings.get("exception.type", "")))
    ),
}
# Keys, in lower case, whose rules look at the attributes beside them.
LOOK_AT_SIBLINGS = frozenset({"db.query.text", "db.statement", "exception.message", "exception.stacktrace"})
