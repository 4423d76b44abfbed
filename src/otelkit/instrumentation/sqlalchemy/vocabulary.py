"""The words of SQL that a summary turns on.

A statement whose first word is none of these has no summary, so that a mistyped or foreign statement
cannot make names of spans without bound.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATIONS = _words(
    "SELECT INSERT UPDATE DELETE MERGE REPLACE WITH VALUES CREATE ALTER DROP TRUNCATE CALL EXEC "
    "EXECUTE EXPLAIN DESCRIBE PRAGMA SET SHOW USE BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE "
    "PREPARE DEALLOCATE LOCK UNLOCK COPY LOAD ANALYZE VACUUM REINDEX REFRESH CLUSTER COMMENT GRANT "
    "REVOKE DECLARE FETCH CLOSE MOVE LISTEN UNLISTEN NOTIFY DISCARD RESET DO CHECKPOINT ATTACH "
    "DETACH OPTIMIZE KILL FLUSH ABORT END HANDLER RENAME IMPORT UPSERT"
)

INNER_OPERATIONS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "WITH"})
"""Operations that parentheses may hold or precede; names of columns can be among the others."""

_READS = frozenset({"SELECT", "UPDATE", "DELETE", "MERGE"})

TARGET_FOLLOWS = {
    "FROM": _READS,
    "JOIN": _READS,
    "STRAIGHT_JOIN": _READS,
    "APPLY": frozenset({"SELECT"}),
    "INTO": frozenset({"INSERT", "REPLACE", "MERGE", "SELECT", "UPSERT"}),
    "USING": frozenset({"DELETE", "MERGE"}),
}
"""After these words, in these operations, comes the name of a table."""

BEFORE_TARGETS = _words(
    "UPDATE CREATE ALTER DROP TRUNCATE CALL EXEC EXECUTE PRAGMA LOCK COPY ANALYZE REINDEX DESCRIBE"
)
"""Operations that a name follows, or the kind of object and then its name."""

_KINDS = _words(
    "TABLE INDEX VIEW SCHEMA DATABASE SEQUENCE TRIGGER FUNCTION PROCEDURE TYPE EXTENSION DOMAIN USER "
    "ROLE TABLESPACE POLICY RULE SYNONYM"
)

OBJECTS = {"CREATE": _KINDS, "ALTER": _KINDS, "DROP": _KINDS}
"""Operations that name the kind of their object first."""

TARGET_LISTS = frozenset({"UPDATE", "DROP", "TRUNCATE", "LOCK"})
"""Operations in which a comma is followed by another target."""

FILLERS = _words("ONLY LATERAL IF NOT EXISTS CONCURRENTLY IGNORE LOW_PRIORITY TABLE TABLES INDEX OR")
"""Words between an operation and its target."""

ENDS_OF_TARGETS = _words(
    "WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH FOR WINDOW UNION EXCEPT INTERSECT MINUS SET "
    "RETURNING VALUES QUALIFY CONNECT"
)
"""Words after which a comma is no longer followed by a table."""

NO_TARGETS = frozenset({"OUTFILE", "DUMPFILE", "DEFAULT", "WHERE", "SET"})
"""Words in the place of a target after which none comes."""
