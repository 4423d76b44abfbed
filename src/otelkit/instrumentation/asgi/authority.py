"""`server.address` and `server.port` out of a Host header, which a client may have filled with anything.

Semantic conventions 1.44, "Setting server.address and server.port attributes" for servers: the Host
header as the client sent it, else the address that the server listens on. A malformed one gives none.
"""

import re

from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT

_MOST = 512
_LONGEST = 300  # bytes; servers differ in how much they take, and what is remembered has to be small
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._~%-]{1,255}))(?::(\d{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

Authority = dict[str, str | int]


class Authorities(dict[tuple[bytes, str], Authority]):
    """From (Host header, scheme) to attributes; all forgotten when there are too many."""

    def __missing__(self, key: tuple[bytes, str]) -> Authority:
        if len(key[0]) > _LONGEST:
            return {}
        if len(self) >= _MOST:
            self.clear()
        self[key] = parsed = parse_authority(key[0].decode("latin-1"), key[1])
        return parsed


def parse_authority(host: str, scheme: str) -> Authority:
    """Give the attributes for a Host header; empty when it is none."""
    found = _HOST.fullmatch(host)
    if found is None:
        return {}
    port = int(found[3]) if found[3] else _DEFAULT_PORTS.get(scheme)
    address: Authority = {SERVER_ADDRESS: found[1] or found[2]}
    return address | {SERVER_PORT: port} if port else address
