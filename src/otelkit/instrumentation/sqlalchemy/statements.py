"""What is known of a statement by its text: summary and text without literals, worked out once and kept.

A process has few statements and executes them often, so the usual query costs one look-up in a dictionary.
Only the first 4,096 characters of a statement are read, and at most 1,000 statements are kept: a huge or an
ever different statement costs a bounded time and memory.
"""

from threading import Lock
from typing import Any, NamedTuple

from opentelemetry.semconv.attributes.db_attributes import (
    DB_COLLECTION_NAME,
    DB_OPERATION_NAME,
    DB_QUERY_SUMMARY,
    DB_QUERY_TEXT,
    DB_STORED_PROCEDURE_NAME,
    DB_SYSTEM_NAME,
)

from otelkit.instrumentation.sqlalchemy.quoting import quoting_of
from otelkit.instrumentation.sqlalchemy.reader import Reader
from otelkit.instrumentation.sqlalchemy.summary import Summary
from otelkit.instrumentation.sqlalchemy.tokens import tokens_of

READ_CHARACTERS = 4096
KEPT_STATEMENTS = 1000
_TABLE_OPERATIONS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE"})
_PROCEDURE_CALLS = frozenset({"CALL", "EXEC", "EXECUTE"})

Attributes = dict[str, Any]


class Statement(NamedTuple):
    """A statement as telemetry shows it; nobody changes the dictionaries."""

    name: str
    span: Attributes
    """Attributes of its spans, those of the server included."""
    metric: Attributes
    """Attributes of its durations: the same without the text."""


class Statements(dict[str, Statement]):
    """Statements of one engine by their text; asking for an unknown one reads it."""

    def __init__(self, dialect: Any, server: Attributes, *, batch: bool = False) -> None:
        super().__init__()
        self._dialect, self._server, self._batch = dialect, server, batch
        self._lock = Lock()

    def __missing__(self, text: str) -> Statement:
        start = text[:READ_CHARACTERS]
        if len(text) > READ_CHARACTERS and start in self:
            return self[start]
        statement = self._read(start, complete=len(text) <= READ_CHARACTERS)
        with self._lock:
            while len(self) >= KEPT_STATEMENTS:
                del self[next(iter(self))]
            self[start] = statement
        return statement

    def _read(self, text: str, *, complete: bool) -> Statement:
        tokens = list(tokens_of(text, quoting_of(self._dialect)))
        written = "".join(token.text for token in tokens).strip()
        known = {**self._server, **_named(Reader().read(tokens), "BATCH " if self._batch else "")}
        name = known.get(DB_QUERY_SUMMARY) or self._server[DB_SYSTEM_NAME]
        return Statement(name, {**known, DB_QUERY_TEXT: written if complete else f"{written} ..."}, known)


def _named(summary: Summary, prefix: str) -> Attributes:
    if not summary.words:
        return {}
    if summary.several:
        return {DB_QUERY_SUMMARY: prefix + summary.text}
    operation = (summary.operations or summary.words)[0]
    attributes = {DB_QUERY_SUMMARY: prefix + summary.text, DB_OPERATION_NAME: prefix + operation}
    if len(set(summary.targets)) == 1:
        target = _unquoted(summary.targets[0])
        if operation in _TABLE_OPERATIONS or "TABLE" in summary.words[1:2]:
            attributes[DB_COLLECTION_NAME] = target
        elif operation in _PROCEDURE_CALLS:
            attributes[DB_STORED_PROCEDURE_NAME] = target
    return attributes


def _unquoted(name: str) -> str:
    opening = name[0]
    closing = {"[": "]"}.get(opening, opening)
    if opening not in '"`[' or name.find(closing, 1) != len(name) - 1:
        return name
    return name[1:-1]
