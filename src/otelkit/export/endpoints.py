"""From an endpoint as people write it to what a channel or a connection takes.

OTLP exporter specification, "Endpoint URLs for OTLP/HTTP": the general endpoint gets the
signal's path appended, the signal's own is used as it is. For gRPC the scheme decides on
TLS, and OTEL_EXPORTER_OTLP_INSECURE only where there is none.
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/)
"""

from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_GRPC_SCHEMES = ("unix", "dns", "ipv4", "ipv6")  # gRPC's own names, passed on as they are


class Endpoint(NamedTuple):
    """A gRPC target or a URL, whether TLS is spoken, and the server's name for metrics."""

    target: str
    secure: bool
    server_address: str
    server_port: int | None


def grpc_endpoint(text: str, *, insecure: bool) -> Endpoint:
    """Parse `http://host:4317`, `https://host`, `host:4317` or a gRPC target like `unix:/path`.

    Raises:
        ValueError: another scheme, a path, credentials or no host.
    """
    if text.partition(":")[0] in _GRPC_SCHEMES and "://" not in text.replace(":///", ":/"):
        return Endpoint(text, not insecure, text, None)
    has_scheme = "://" in text
    url = _split(text if has_scheme else f"//{text}", ("http", "https") if has_scheme else ("",))
    if url.path.strip("/") or url.query:
        raise ValueError("gRPC has no path: use scheme://host:port, or choose the protocol http/protobuf")
    secure = url.scheme == "https" if has_scheme else not insecure
    return Endpoint(url.netloc, secure, url.hostname or "", url.port or 443)


def http_endpoint(text: str, append_path: str = "") -> Endpoint:
    """Parse `http://host:4318/any/path`, with a signal's path appended when one is given.

    Raises:
        ValueError: another scheme, credentials or no host.
    """
    url = _split(text, ("http", "https"))
    path = (url.path.rstrip("/") + append_path) if append_path else (url.path or "/")
    target = url._replace(path=path, fragment="").geturl()
    return Endpoint(target, url.scheme == "https", url.hostname or "", url.port or _DEFAULT_PORTS[url.scheme])


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("use visible ASCII characters only")
    url = urlsplit(text)
    if url.scheme not in schemes:
        raise ValueError("use a URL that begins with http:// or https://")
    if url.username is not None or url.password is not None:
        raise ValueError("a URL takes no credentials here: put them into OTEL_EXPORTER_OTLP_HEADERS")
    if not url.hostname or _bad_port(url):
        raise ValueError("use a host and a port from 1 to 65535, as http://localhost:4317")
    return url


def _bad_port(url: SplitResult) -> bool:
    try:
        return url.port == 0
    except ValueError:
        return True
