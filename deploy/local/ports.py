"""Finds out before anything starts whether the ports are free, and who holds one that is not."""

import contextlib
import socket
from collections.abc import Iterable

import psutil

from deploy.local.errors import StackError
from deploy.local.part import Part


def check_ports(host: str, parts: Iterable[Part]) -> None:
    """Try every port of the parts. Raises StackError that names each taken one, its setting and holder."""
    taken = [
        explain_taken(part.name, setting, port)
        for part in parts
        for setting, port in _ports_of(part)
        if not is_free(host, port)
    ]
    if taken:
        raise StackError("\n".join(taken))


def _ports_of(part: Part) -> list[tuple[str, int]]:
    ports = list(part.ports.items())
    return ports + [(ports[0][0], port) for port in part.further_ports]


def is_free(host: str, port: int) -> bool:
    """Say whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def explain_taken(name: str, setting: str, port: int) -> str:
    """Say who has the port and how to choose another."""
    return f"port {port} ({name}) is in use{_holder(port)}: end that, or choose another with {setting}=..."


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                command = " ".join(psutil.Process(connection.pid).cmdline())[:80]
                return f" by pid {connection.pid} ({command})"
    return ""  # another user's process: only root sees whose
