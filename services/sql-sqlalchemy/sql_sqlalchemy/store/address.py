"""DATABASE_URL, as people and platforms write it, to the address that SQLAlchemy takes.

The driver is ours to choose: whatever driver an address names, the asyncio one of its database is used.
No error shows the address, because it may hold a password.
"""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from otelkit import ConfigurationError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "mysql": "mysql+aiomysql",
    "mariadb": "mariadb+aiomysql",
}
_REMEDY = "set it as postgresql://user:password@host:5432/name, mariadb://... or sqlite:///file"


def read_address(text: str) -> URL:
    """Read an address. Raises ConfigurationError that names the variable and the remedy."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigurationError(f"DATABASE_URL is not the address of a database: {_REMEDY}") from None
    kind = url.drivername.partition("+")[0]
    if kind not in _DRIVERS:
        raise ConfigurationError(f"DATABASE_URL names {kind!r}, which is not supported: {_REMEDY}")
    url = url.set(drivername=_DRIVERS[kind])
    if kind.startswith("postgres") and "sslmode" in url.query:  # libpq's name; asyncpg calls it ssl
        mode = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url


def place_of(url: URL) -> str:
    """Say for people where a database is, without user and password."""
    if url.get_backend_name() == "sqlite":
        return f"SQLite file {url.database or ':memory:'}"
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()} at {url.host or 'localhost'}{port}, database {url.database}"
