"""Ports for servers that a test starts, ends and starts again at the same place.

Not a port that the system hands out: those are also given to outgoing connections, one of which may
hold the port when the server comes back. These lie below that range (Linux: 32768 up).
"""

import itertools
import random
import socket

RANGE = range(20_000, 32_768)
# Each once before any comes again: a port is often asked for long before a server listens on it.
_order = itertools.cycle(random.sample(RANGE, len(RANGE)))


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on now, no outgoing connection will take, and no other call here was given.

    Raises:
        OSError: a hundred ports that were tried are all taken.
    """
    for port in itertools.islice(_order, 100):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port from {RANGE.start} on at {host}: too many servers are running")
