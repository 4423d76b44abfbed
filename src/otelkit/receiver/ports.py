"""Binding ports before anything else starts, so that a taken one is one clear error."""

import socket


class PortUnavailableError(OSError):
    """A port that cannot be listened on; the message names it and the remedy."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port} ({reason}): end what listens there or choose another port"
        )


def bind(host: str, port: int) -> socket.socket:
    """Bind a TCP socket; port 0 takes a free one. Raises PortUnavailableError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise PortUnavailableError(host, port, reason) from error
    return listener
