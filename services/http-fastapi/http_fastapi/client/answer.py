"""One attempt's answer, read whole and bounded: a body of any length would fill the memory."""

from typing import NamedTuple

from httpx2 import AsyncClient, Headers, Request


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Headers
    body: bytes


class UnreadableAnswerError(Exception):
    """The body is longer than allowed, or packed although that was not asked for."""


async def fetch(client: AsyncClient, request: Request, most_bytes: int) -> Answer:
    """Send `request` once and read its answer of at most `most_bytes`.

    Raises:
        UnreadableAnswerError: too long, or compressed: a small packed body may be a huge one.
        httpx2.TransportError: no answer, or not a whole one.
    """
    response = await client.send(request, stream=True)
    try:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UnreadableAnswerError("the answer is compressed, which was not asked for")
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > most_bytes:
                raise UnreadableAnswerError(f"the answer has more than {most_bytes} bytes")
        return Answer(response.status_code, response.headers, bytes(body))
    finally:
        await response.aclose()
