"""RABBITMQ_URL: checked before anything connects, and named without its password.

aio-pika would take the address of a web page, too, and wait for it to speak AMQP.
"""

from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"amqp": 5672, "amqps": 5671}


def read_address(url: str) -> SplitResult:
    """Take the address apart. Raises ValueError that says what is wrong and never shows the address."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("it is not an address: give amqp://user:password@host:port/vhost") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it is no address of a broker: give amqp://user:password@host:port/vhost")
    if port == 0:
        raise ValueError("its port is 0: give amqp://user:password@host:port/vhost")
    return parts


def place_of(url: str) -> str:
    """Say for people which broker that is: host, port, virtual host; no user, no password."""
    parts = read_address(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    virtual_host = unquote(parts.path.removeprefix("/")) or "/"
    return f"RabbitMQ at {host}:{parts.port or PORTS[parts.scheme]}, virtual host {virtual_host}"
