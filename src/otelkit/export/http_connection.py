"""A connection to one URL, straight or through the proxy that the environment names.

Python's `http.client` and not a pool: one thread sends one request after another, and the
socket in hand can be cut from another thread and closed in a forked child, with no lock that
a thread of the parent may have held. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are read as
everywhere else (urllib.request.getproxies).
"""

import base64
import socket
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from otelkit.export.destination import Destination
from otelkit.export.tls_files import client_context


def connect_to(destination: Destination) -> tuple[HTTPConnection, str, dict[str, str]]:
    """Make an unopened connection, the request's target and the headers a proxy asks for."""
    url = urlsplit(destination.target)
    host, port, seconds = url.hostname or "", destination.server_port, destination.timeout_seconds
    path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    proxy = _proxy_for(url)
    near, near_port = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
    authorization = _authorization(proxy) if proxy else {}
    if not destination.secure:
        target = destination.target if proxy else path
        return HTTPConnection(near, near_port, timeout=seconds), target, authorization
    secure = HTTPSConnection(near, near_port, timeout=seconds, context=client_context(destination))
    if proxy:
        secure.set_tunnel(host, port, authorization)
    return secure, path, {}


def cut(connection: HTTPConnection | None) -> None:
    """End what another thread waits for on this connection."""
    found = getattr(connection, "sock", None)
    if found is not None:
        try:
            # Past SSLSocket.shutdown(), which would take the session from under the other thread.
            socket.socket.shutdown(found, socket.SHUT_RDWR)
        except OSError:
            return  # it is closed already, or was never open


def _proxy_for(url: SplitResult) -> SplitResult | None:
    address = getproxies().get(url.scheme)
    if not address or proxy_bypass(url.netloc):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
