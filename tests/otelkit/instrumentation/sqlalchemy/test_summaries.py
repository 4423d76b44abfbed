"""Summaries name operations and tables, and nothing that varies."""

import pytest

from .dialects import read


@pytest.mark.parametrize(
    ("statement", "summary"),
    [
        ("SELECT * FROM wuser_table WHERE username = 'x'", "SELECT wuser_table"),
        ("INSERT INTO archive (a, b) SELECT a, b FROM orders WHERE a = 5", "INSERT archive SELECT orders"),
        ("SELECT * FROM songs, artists WHERE songs.id = artists.id", "SELECT songs artists"),
        (
            "SELECT d FROM (SELECT * FROM orders o JOIN customers c ON 1=1) x",
            "SELECT SELECT orders customers",
        ),
        ('SELECT * FROM "song list" AS s, artists', 'SELECT "song list" artists'),
        ('SELECT * FROM "we""ird"."t, x" JOIN Ünïcode ON true', 'SELECT "we""ird"."t, x" Ünïcode'),
        ("WITH r AS (SELECT * FROM orders) INSERT INTO x SELECT * FROM r", "SELECT orders INSERT x SELECT"),
        (
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT n FROM t",
            "SELECT SELECT SELECT",
        ),
        ("WITH a AS (DELETE FROM z RETURNING *) UPDATE y SET b = 1", "DELETE z UPDATE y"),
        ("SELECT EXTRACT(YEAR FROM born), a IS DISTINCT FROM b FROM people FOR UPDATE", "SELECT people"),
        ("SELECT a FROM t UNION ALL (SELECT 1 FROM u)", "SELECT t SELECT u"),
        ("SELECT (SELECT max(x) FROM items) FROM orders", "SELECT SELECT items orders"),
        ("SELECT * FROM generate_series(1, 10) g, LATERAL (SELECT 1 FROM x) y", "SELECT SELECT x"),
        ("UPDATE orders SET a = 1, b = c FROM s WHERE 1=1", "UPDATE orders s"),
        ("DELETE FROM a USING b WHERE a.id = b.id", "DELETE a b"),
        ("INSERT INTO t (comment, use) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 5", "INSERT t"),
        ("MERGE INTO t USING s ON t.i = s.i WHEN MATCHED THEN UPDATE SET a = 1", "MERGE t s"),
        ("CREATE TABLE IF NOT EXISTS foo (id int)", "CREATE TABLE foo"),
        ("CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a)", "CREATE INDEX ix"),
        ("DROP TABLE IF EXISTS a, b", "DROP TABLE a b"),
        ("TRUNCATE TABLE t", "TRUNCATE t"),
        ("SAVEPOINT sa_savepoint_17", "SAVEPOINT"),
        ("CALL pay(1, 'x')", "CALL pay"),
        ("EXPLAIN ANALYZE SELECT 1 FROM q", "EXPLAIN ANALYZE SELECT q"),
        ("/* x */ -- y\n select/**/1/**/from/**/t", "SELECT t"),
        ("SELECT 1 FROM t WHERE x = ' FROM secret'", "SELECT t"),
        ("SELECT replace(a, 'x', 'y') FROM t ORDER BY a, b", "SELECT t"),
        ("SELECT 1; DROP TABLE users", "SELECT DROP TABLE users"),
        ("LOCK TABLE a IN SHARE MODE", "LOCK a"),
        ("BEGIN", "BEGIN"),
    ],
)
def test_summary_names_operations_and_tables(statement: str, summary: str) -> None:
    assert read(statement).name == summary


@pytest.mark.parametrize("statement", ["", " ", "--", "selectx 1", "'", "(", "1", "\x00", "🦆", "/* only */"])
def test_statement_without_a_known_operation_is_named_by_its_system(statement: str) -> None:
    known = read(statement)

    assert known.name == "postgresql"
    assert "db.query.summary" not in known.span


@pytest.mark.parametrize(
    ("statement", "operation", "collection"),
    [
        ('SELECT * FROM "order"', "SELECT", "order"),
        ('SELECT * FROM shop."order"', "SELECT", 'shop."order"'),
        ("SELECT * FROM a JOIN b ON true", "SELECT", None),
        ("SELECT * FROM a JOIN a AS b ON true", "SELECT", "a"),
        ("WITH r AS (SELECT 1) DELETE FROM a", "DELETE", "a"),
        ("CREATE INDEX i ON t (a)", "CREATE", None),
        ("CREATE TABLE t (a int)", "CREATE", "t"),
        ("SELECT 1; DELETE FROM a", None, None),
    ],
)
def test_operation_and_collection_are_named_where_there_is_one(
    statement: str, operation: str | None, collection: str | None
) -> None:
    attributes = read(statement).span

    assert attributes.get("db.operation.name") == operation
    assert attributes.get("db.collection.name") == collection


def test_summary_is_cut_between_words() -> None:
    tables = [f"table_{number:03}" for number in range(100)]
    summary = read(" ".join(("SELECT 1 FROM", ", ".join(tables)))).name

    assert 240 < len(summary) <= 255
    assert summary.split()[1:] == tables[: len(summary.split()) - 1]
