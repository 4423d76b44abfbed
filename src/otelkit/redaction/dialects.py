"""How database systems read quotes and comments, by their `db.system.name` or older `db.system`."""

BACKSLASH_ESCAPES = frozenset(
    {"mysql", "mariadb", "tidb", "clickhouse", "hive", "spark", "databricks", "snowflake", "bigquery"}
)
"""A backslash escapes in strings, double quotes make strings, `#` begins a comment."""

STANDARD = frozenset(
    {"postgresql", "cockroachdb", "redshift", "duckdb", "sqlite", "oracle", "oracle.db"}
    | {"mssql", "microsoft.sql_server", "db2", "ibm.db2"}
)
"""A backslash is a character, double quotes make names, only `--` begins a line comment."""

LOOSE_DOUBLE_QUOTES = frozenset({"sqlite"})
"""Double quotes make a name, or a string where no such name exists."""

NESTED_COMMENTS = frozenset({"postgresql", "cockroachdb", "duckdb", "mssql", "microsoft.sql_server"})

NOT_SQL = frozenset(
    {"redis", "valkey", "memcached", "mongodb", "elasticsearch", "opensearch", "neo4j"}
    | {"dynamodb", "aws.dynamodb", "couchbase", "couchdb"}
)
"""Statements whose values need no quotes, so only the command can be told from the data."""
