"""A client that sends many requests at once over one connection, and wants as many answers."""

import socket
from collections.abc import Sequence

_ANSWER_SECONDS = 30.0


class ConnectionLostError(ConnectionError):
    """The server closed; `answered` has the status codes that came before."""

    def __init__(self, answered: list[int]) -> None:
        super().__init__(f"closed after {len(answered)} answers")
        self.answered = answered


class Pipeline:
    """One keep-alive connection to the loopback, opened when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, requests: Sequence[bytes]) -> list[int]:
        """Send all requests and read all answers, which must have a Content-Length; their status codes.

        Raises:
            ConnectionLostError: the server closed the connection, or did not answer in time.
        """
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), _ANSWER_SECONDS)
        statuses: list[int] = []
        try:
            self._socket.sendall(b"".join(requests))
            while len(statuses) < len(requests):
                statuses.append(self._answer(self._socket))
        except OSError as error:
            self.close()
            raise ConnectionLostError(statuses) from error
        return statuses

    def close(self) -> None:
        """Close the connection; the next `ask` opens another."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _answer(self, connection: socket.socket) -> int:
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            self._receive(connection)
        head = self._rest[:end].lower()
        _, _, length = head.partition(b"\r\ncontent-length:")
        whole = end + 4 + int(length.split(b"\r\n", 1)[0])
        while len(self._rest) < whole:
            self._receive(connection)
        self._rest = self._rest[whole:]
        return int(head.split(b" ", 2)[1])

    def _receive(self, connection: socket.socket) -> None:
        received = connection.recv(65_536)
        if not received:
            raise ConnectionResetError
        self._rest += received
