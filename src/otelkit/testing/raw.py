"""A server below HTTP: whatever bytes it is given are its answer, so that clients meet broken ones."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_MOST_BYTES = 65536


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Give the port of the loopback where each connection is answered once with `answer` and closed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # shut down below
                    return
                with connection:
                    connection.recv(_MOST_BYTES)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, name="raw-server", daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
