"""Attributes that name the database behind an engine, and the name of its connection pool.

Semantic conventions 1.44: `db.system.name` as the client knows it, `db.namespace` the database's name,
`server.address` and `server.port` as the application gave them. User and password are never read.
"""

from typing import Any

from opentelemetry.semconv._incubating.attributes.db_attributes import DbSystemNameValues
from opentelemetry.semconv.attributes.db_attributes import DB_NAMESPACE, DB_SYSTEM_NAME
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from sqlalchemy.engine import Engine

_SYSTEMS = {
    "mssql": DbSystemNameValues.MICROSOFT_SQL_SERVER.value,
    "oracle": DbSystemNameValues.ORACLE_DB.value,
    "redshift": DbSystemNameValues.AWS_REDSHIFT.value,
    "db2": DbSystemNameValues.IBM_DB2.value,
    "ibm_db_sa": DbSystemNameValues.IBM_DB2.value,
    "hana": DbSystemNameValues.SAP_HANA.value,
    "clickhousedb": DbSystemNameValues.CLICKHOUSE.value,
    "firebird": DbSystemNameValues.FIREBIRDSQL.value,
}
_KNOWN = {value.value for value in DbSystemNameValues}


def server_of(engine: Engine) -> dict[str, Any]:
    """Attributes of the server that an engine connects to."""
    url = engine.url
    # psycopg takes the directory of its socket as a host in the query of the URL.
    host = url.host or url.query.get("host") or url.query.get("unix_socket")
    if isinstance(host, tuple):
        host = ",".join(host)
    given = {DB_NAMESPACE: url.database, SERVER_ADDRESS: host, SERVER_PORT: url.port}
    return {DB_SYSTEM_NAME: system_of(engine), **{name: value for name, value in given.items() if value}}


def system_of(engine: Engine) -> str:
    """The engine's database management system by its name in the conventions."""
    name = engine.dialect.name
    if name == "mysql" and getattr(engine.dialect, "is_mariadb", False):
        name = "mariadb"
    system = _SYSTEMS.get(name, name)
    return system if system in _KNOWN else DbSystemNameValues.OTHER_SQL.value


def pool_name_of(engine: Engine) -> str:
    """What the application calls the pool (`pool_logging_name`), else address, port and database."""
    url, given = engine.url, getattr(engine.pool, "logging_name", None)
    if given:
        return str(given)
    port = f":{url.port}" if url.port else ""
    return f"{url.host or engine.dialect.name}{port}/{url.database or ''}"
