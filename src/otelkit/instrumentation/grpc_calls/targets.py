"""`server.address` and `server.port` of a channel's target, by the conventions' own examples.

The target is what the channel was made for, not the peer it reached: one name for a group of servers.
https://github.com/grpc/grpc/blob/master/doc/naming.md
"""

import re

_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*):(?P<rest>.*)", re.DOTALL)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\[\]:,/]+):(?P<port>[0-9]{1,5})")


def address_of(target: str) -> tuple[str, int | None]:
    """Address and port; the whole target and no port when it names no single host."""
    if whole := _HOST_AND_PORT.fullmatch(target):
        return _pair(whole)
    parts = _SCHEME.fullmatch(target)
    if parts is None:
        return target, None
    scheme, rest = parts["scheme"], parts["rest"]
    if scheme == "dns":
        rest = rest.rpartition("/")[2] if rest.startswith("//") else rest
        named = _HOST_AND_PORT.fullmatch(rest)
        return _pair(named) if named else (rest, None)
    if scheme == "unix":
        return "/" + rest.lstrip("/") if rest.startswith("/") else rest, None
    if scheme in {"ipv4", "ipv6"} and (single := _HOST_AND_PORT.fullmatch(rest)):
        return _pair(single)
    return target, None


def hosts_of(target: str) -> tuple[str, ...]:
    """Every host that a target names; `ipv4:10.0.0.1:50051,10.0.0.2:50051` names two."""
    scheme, _, rest = target.partition(":")
    named = rest.split(",") if scheme in {"ipv4", "ipv6"} else [target]
    return tuple(address_of(name)[0] for name in named)


def _pair(match: re.Match[str]) -> tuple[str, int | None]:
    return match["host"].strip("[]"), int(match["port"])
