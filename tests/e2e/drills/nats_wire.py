"""Publishes what nats-py would not: headers that are bytes already. Enough of NATS' protocol for that."""

import asyncio

_ANSWERS = "hostile.answers"
_CONNECT = b'CONNECT {"verbose":false,"headers":true}\r\n'


class Wire:
    """One connection; `stored` are the numbers of messages that a stream has taken, `refused` the others."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.stored: set[int] = set()
        self.refused: dict[int, bytes] = {}

    @classmethod
    async def open(cls, host: str, port: int) -> "Wire":
        """Connect."""
        wire = cls(*await asyncio.open_connection(host, port))
        wire._writer.write(_CONNECT + f"SUB {_ANSWERS}.* 1\r\n".encode())
        return wire

    async def publish(self, subject: str, headers: bytes, payload: bytes, number: int | None = None) -> None:
        """Publish; with a number, the answer of a stream to it is noted."""
        head = b"NATS/1.0\r\n" + headers + b"\r\n"
        reply = "" if number is None else f"{_ANSWERS}.{number} "
        line = f"HPUB {subject} {reply}{len(head)} {len(head) + len(payload)}\r\n"
        self._writer.write(line.encode() + head + payload + b"\r\n")
        await self._writer.drain()

    async def flush(self) -> None:
        """Wait until the server has taken all, and read its answers. Raises ConnectionError for an error."""
        self._writer.write(b"PING\r\n")
        while (line := await self._reader.readline()) != b"PONG\r\n":
            if line.startswith(b"MSG "):
                await self._note(line)
            elif line == b"PING\r\n":
                self._writer.write(b"PONG\r\n")
            elif not line.startswith(b"INFO "):
                raise ConnectionError(f"NATS says {line!r}")

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def _note(self, line: bytes) -> None:
        _, subject, _, size = line.split()
        answer = await self._reader.readexactly(int(size) + 2)
        number = int(subject.rpartition(b".")[2])
        if b'"error"' in answer:
            self.refused[number] = answer
        else:
            self.stored.add(number)
