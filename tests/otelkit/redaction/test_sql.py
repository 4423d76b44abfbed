import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.redaction.dialects import BACKSLASH_ESCAPES, NOT_SQL, STANDARD
from otelkit.redaction.sql import redact_sql

CASES = [
    ("postgresql", "SELECT * FROM t WHERE a = 'it''s' AND b = 42", "SELECT * FROM t WHERE a = ? AND b = ?"),
    ("postgresql", "SELECT 1.5, -2, 1e-5, .5, 0xFF, 10_000", "SELECT ?, -?, ?, ?, ?, ?"),
    ("postgresql", r"SELECT E'a\'b', X'ff', U&'\0041'", "SELECT ?, ?, ?"),
    ("postgresql", "SELECT $$it's$$, $a$ $b$ ' $a$, $1, a$b$", "SELECT ?, ?, $1, a$b$"),
    ("postgresql", r"SELECT 'C:\', 'x'", "SELECT ?, ?"),
    ("postgresql", "SELECT 1 /* a /* b */ 'c' */ -- d\n+ 2", "SELECT ?   \n+ ?"),
    ("postgresql", "SELECT a #> '{b}', a::text", "SELECT a #> ?, a::text"),
    ("postgresql", 'SELECT "a"."b" FROM "T 1"', 'SELECT "a"."b" FROM "T 1"'),
    ("mysql", r'SELECT "a\"b", `c`, "it\'s" # rest', "SELECT ?, `c`, ? "),
    ("sqlite", 'SELECT "a" WHERE x = "b" AND "y" IN ("c", "d")', 'SELECT "a" WHERE x = ? AND "y" IN (?, ?)'),
    ("oracle", "SELECT q'[it's]', 1 FROM t2", "SELECT ?, ? FROM t2"),
    ("", "SELECT a1 FROM t2 WHERE b IN (1, 2, 3)", "SELECT a1 FROM t2 WHERE b IN (?, ?, ?)"),
    ("", "SELECT %(a)s, %s, ?, :c, @c LIMIT 10", "SELECT %(a)s, %s, ?, :c, @c LIMIT ?"),
    ("", r"SELECT 'it\'s', 1", "SELECT ?"),
    ("", "SELECT 'never closed", "SELECT ?"),
    ("", "SELECT 1 /* never closed", "SELECT ? ?"),
    ("redis", "SET order:42 secret", "SET ?"),
    ("mongodb", '{"find": "orders"}', "?"),
]  # fmt: skip


@pytest.mark.parametrize(("system", "statement", "expected"), CASES)
def test_literals_and_comments_go_and_the_rest_stays(system: str, statement: str, expected: str) -> None:
    assert redact_sql(statement, system) == expected


SYSTEMS = st.sampled_from(sorted(BACKSLASH_ESCAPES | STANDARD | NOT_SQL | {"", "unheard-of"}))
STATEMENTS = st.text("aeEqQ1.?$'\"\\/*-#[( `:@%\n=,;") | st.text()


@given(STATEMENTS, SYSTEMS)
def test_redacted_statement_is_redacted_to_itself(statement: str, system: str) -> None:
    once = redact_sql(statement, system)
    assert redact_sql(once, system) == once


@given(st.text("ab'\\\n;-/*#\"$"), SYSTEMS)
def test_no_text_of_a_quoted_literal_passes(text: str, system: str) -> None:
    escaped = text.replace("\\", "\\\\") if system in BACKSLASH_ESCAPES else text
    literal = escaped.replace("'", "''")
    statement = "SELECT x FROM y WHERE z = 'CANARY7Q9...CANARY7Q9' AND w = '7Q9'".replace("...", literal)
    assert "7Q9" not in redact_sql(statement, system)
