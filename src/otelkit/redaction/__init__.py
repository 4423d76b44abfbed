"""Keeps secrets and personal data inside the process: what is not on an allow-list is redacted.

Span and log processors for query strings, headers, database statements, exception texts and free text,
and the predicate that limits which baggage is recorded. Follows semantic conventions 1.44, "sensitive
information", and goes further: these name what to forbid, otelkit asks what to allow.
"""

from otelkit.redaction.allow import AllowList, baggage_predicate
from otelkit.redaction.logs import RedactingLogProcessor
from otelkit.redaction.spans import RedactingSpanProcessor
from otelkit.redaction.text import redact_text

__all__ = ["AllowList", "RedactingLogProcessor", "RedactingSpanProcessor", "baggage_predicate", "redact_text"]
