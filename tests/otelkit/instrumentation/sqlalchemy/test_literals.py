"""No literal stays in the text, however the statement is written and the dialect reads it."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.instrumentation.sqlalchemy.statements import KEPT_STATEMENTS, READ_CHARACTERS, Statements

from .dialects import masked

STANDARD = ("postgresql", "sqlite", "oracle", "mssql", "mysql", "mariadb", "snowflake", "somebody")


@pytest.mark.parametrize(
    ("dialect", "statement", "expected"),
    [
        ("postgresql", "SELECT 'it''s', 1.5e-3, .5, 0xFF, -7 FROM t1", "SELECT ?, ?, ?, ?, -? FROM t1"),
        ("postgresql", "SELECT $x$ it's $y$ 'a $x$, b FROM t", "SELECT ?, b FROM t"),
        ("postgresql", "SELECT E'a\\'secret', U&'b', b'01', 'c\\' FROM t", "SELECT ?, ?, ?, ? FROM t"),
        (
            "postgresql",
            "SELECT $1, %s, %(a)s, x::text, a[1:2] FROM t",
            "SELECT $1, %s, %(a)s, x::text, a[?:?] FROM t",
        ),
        ("postgresql", "SELECT 1 /* a /* 'b */ secret */ FROM t -- 'secret", "SELECT ?   FROM t"),
        ("postgresql", "SELECT 'never closed FROM t", "SELECT ?"),
        ("postgresql", 'SELECT "never closed FROM t', "SELECT ?"),
        ("postgresql", "SELECT a #> '{b}' FROM t", "SELECT a #> ? FROM t"),
        ("postgresql", "SELECT 'a' 'b' FROM t", "SELECT ? ? FROM t"),
        (
            "mysql",
            "SELECT `it's`, \"secret\", 'a\\'b' FROM t # 'x\n WHERE a=1--2",
            "SELECT `it's`, ?, ? FROM t  \n WHERE a=?--?",
        ),
        ("mssql", "SELECT [it's] FROM [a]]b] WHERE x = N'secret'", "SELECT [it's] FROM [a]]b] WHERE x = ?"),
        (
            "sqlite",
            'SELECT "order".id FROM "order" WHERE n = "secret" OR n IN ("a b")',
            'SELECT "order".id FROM "order" WHERE n = ? OR n IN (?)',
        ),
        ("oracle", "SELECT q'[it's]', :1, :name FROM dual", "SELECT ?, :1, :name FROM dual"),
        ("somebody", "SELECT 'a\\' , secret 'b' FROM t", "SELECT ?"),
        ("somebody", "SELECT 1 --2 FROM t", "SELECT ? ?"),
    ],
)
def test_literals_are_replaced_as_the_dialect_reads_them(dialect: str, statement: str, expected: str) -> None:
    assert masked(statement, dialect) == expected


def test_what_the_server_said_decides_how_strings_are_read() -> None:
    statement = "SELECT 'a\\' , secret, 'z' FROM t"

    assert masked(statement, "mysql", _backslash_escapes=False) == "SELECT ? , secret, ? FROM t"
    assert masked(statement, "mysql", _backslash_escapes=True) == "SELECT ?z?"
    assert masked('SELECT "a" FROM t', "mysql", _server_ansiquotes=True) == 'SELECT "a" FROM t'
    assert masked('SELECT "a" FROM t', "mysql") == "SELECT ? FROM t"


@pytest.mark.parametrize("dialect", STANDARD)
@given(value=st.text(alphabet="'\"\\;-/*#$`[](){}abc \n\t\x00é", max_size=40))
def test_value_that_was_quoted_rightly_is_not_in_the_text(dialect: str, value: str) -> None:
    quoted = value.replace("'", "''")
    if dialect in {"mysql", "mariadb", "snowflake", "somebody"}:
        quoted = quoted.replace("\\", "\\\\")

    text = masked("SELECT a FROM t WHERE a = 'S3CRET%sS3CRET' AND b = 7".replace("%s", quoted), dialect)

    assert "S3CRET" not in text
    assert text == "SELECT a FROM t WHERE a = ? AND b = ?" or dialect == "somebody"


@pytest.mark.parametrize("dialect", STANDARD)
@given(statement=st.text(alphabet="'\"\\;-/*#$`[](){}qQeE:@?%,. \nSELECT FROM t1", max_size=60))
def test_any_text_is_read_without_an_error(dialect: str, statement: str) -> None:
    assert len(masked(statement, dialect)) <= 4 * len(statement)


def test_huge_statement_is_read_to_a_bound() -> None:
    values = ", ".join(f"'{number}'" for number in range(200_000))
    statement = f"SELECT a FROM t WHERE a IN ( {values} )"  # noqa: S608 - nobody executes it

    text = masked(statement)

    assert text.startswith("SELECT a FROM t WHERE a IN ( ?, ?,")
    assert text.endswith(" ...")
    assert len(text) <= READ_CHARACTERS


def test_statements_that_always_differ_are_kept_within_a_bound() -> None:
    statements = Statements(SimpleNamespace(name="sqlite"), {"db.system.name": "sqlite"})

    for number in range(KEPT_STATEMENTS + 50):
        assert statements[f"SELECT {number}"].name == "SELECT"
    long = "SELECT 1 " + " " * READ_CHARACTERS
    assert statements[long] is statements[f"{long} more"]

    assert len(statements) == KEPT_STATEMENTS
