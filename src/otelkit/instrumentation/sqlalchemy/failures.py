"""What an error is called: `db.response.status_code` as the database gave it, and `error.type`.

Semantic conventions 1.44: `error.type` is the status code where there is one, else the exception's class.
The error's text stays out: databases put values into it.
"""

from opentelemetry.semconv.attributes.db_attributes import DB_RESPONSE_STATUS_CODE
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

_CODES = ("sqlstate", "pgcode", "sqlite_errorname")
"""Where psycopg and asyncpg, psycopg2 and sqlite3 keep it; drivers of MySQL put it first in `args`."""
_MAX_LENGTH = 64
_RETRYABLE = frozenset({"40001", "40P01", "55P03", "1205", "1213", "3572"})
_RETRYABLE_PREFIXES = ("SQLITE_BUSY", "SQLITE_LOCKED")


def failure_of(error: BaseException) -> dict[str, str]:
    """Attributes of an error of the driver, or of whatever ended a query."""
    code = status_code_of(error)
    if code:
        return {DB_RESPONSE_STATUS_CODE: code, ERROR_TYPE: code}
    return {ERROR_TYPE: name_of(type(error))}


def status_code_of(error: BaseException) -> str:
    """The database's own code for an error; empty when it has none."""
    for name in _CODES:
        code = getattr(error, name, None)
        if isinstance(code, str) and 0 < len(code) <= _MAX_LENGTH:
            return code
    module = type(error).__module__
    number = error.args[0] if error.args else None
    is_mysql = any(driver in module for driver in ("mysql", "MySQLdb", "mariadb", "asyncmy"))
    return str(number) if isinstance(number, int) and is_mysql else ""


def is_retryable(error: BaseException) -> bool:
    """Tell whether the same transaction can succeed when tried again: serialization, deadlock, lock."""
    code = status_code_of(error)
    return code in _RETRYABLE or code.startswith(_RETRYABLE_PREFIXES)


def name_of(kind: type) -> str:
    """The full name of a class, without its module when that is built in."""
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
