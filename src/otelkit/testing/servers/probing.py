"""One question to a server, for checks of readiness; never waits longer than a second."""

import socket

_TIMEOUT_SECONDS = 1.0
_MOST_BYTES = 4096


def accepts(host: str, port: int) -> bool:
    """Say whether something accepts connections there."""
    try:
        socket.create_connection((host, port), _TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def first_answer(host: str, port: int, question: bytes = b"") -> bytes:
    """Give the first bytes (4 KiB at most) that it says, or that it answers; empty when it does not."""
    try:
        with socket.create_connection((host, port), _TIMEOUT_SECONDS) as connection:
            connection.settimeout(_TIMEOUT_SECONDS)
            connection.sendall(question)
            return connection.recv(_MOST_BYTES)
    except OSError:
        return b""
