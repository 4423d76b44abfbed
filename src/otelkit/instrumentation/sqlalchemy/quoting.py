"""How a dialect reads quotes and comments: what decides where a literal begins and ends.

Two readings of one text are how a literal slips through, so what the server said at the first connection
(`standard_conforming_strings`, `NO_BACKSLASH_ESCAPES`, `ANSI_QUOTES`: SQLAlchemy's dialects keep it) decides
where it is known. A dialect that is not known here is cut where readings differ.
"""

from typing import Any, NamedTuple

_BACKSLASH = frozenset(
    {"mysql", "mariadb", "clickhouse", "clickhousedb", "hive", "databricks", "snowflake", "bigquery"}
)
_STANDARD = frozenset(
    {"postgresql", "cockroachdb", "redshift", "duckdb", "sqlite", "oracle", "mssql", "db2", "ibm_db_sa"}
)
_NESTED = frozenset({"postgresql", "cockroachdb", "duckdb", "mssql"})


class Quoting(NamedTuple):
    """One dialect's rules."""

    known: bool
    """Whether the other fields can be relied on."""
    backslash_escapes: bool
    double_quotes_are_strings: bool
    loose_double_quotes: bool
    """Double quotes make a name, or a string where there is no such name."""
    brackets_are_names: bool
    hash_comments: bool
    nested_comments: bool
    q_strings: bool
    """Oracle's `q'[...]'`."""
    numbered_holders: bool
    """`:1` is a placeholder; elsewhere it can be the end of an array's slice."""


def quoting_of(dialect: Any) -> Quoting:
    """The rules of a dialect, as far as known now: a server's own settings are read on first connect."""
    name = dialect.name
    escapes = bool(getattr(dialect, "_backslash_escapes", name in _BACKSLASH))
    ansi = bool(getattr(dialect, "_server_ansiquotes", name not in _BACKSLASH))
    return Quoting(
        known=name in _STANDARD or name in _BACKSLASH,
        backslash_escapes=escapes,
        double_quotes_are_strings=not ansi,
        loose_double_quotes=name == "sqlite" or name not in _STANDARD,
        brackets_are_names=name in {"mssql", "sqlite"},
        hash_comments=name in {"mysql", "mariadb", "bigquery"},
        nested_comments=name in _NESTED,
        q_strings=name == "oracle",
        numbered_holders=name in {"oracle", "sqlite"},
    )
