"""One question to a server, for checks of readiness; no wait for an answer is longer than a second."""

import socket
from collections.abc import Callable
from re import Pattern

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
    return _ask(host, port, question, lambda _: True)


def answer_until(host: str, port: int, question: bytes, end: Pattern[bytes]) -> bytes:
    """Give what it says until `end` is found in it, or it says nothing more; empty when nothing is there."""
    return _ask(host, port, question, lambda answer: end.search(answer) is not None)


def _ask(host: str, port: int, question: bytes, is_enough: Callable[[bytes], bool]) -> bytes:
    answer = b""
    try:
        with socket.create_connection((host, port), _TIMEOUT_SECONDS) as connection:
            connection.settimeout(_TIMEOUT_SECONDS)
            connection.sendall(question)
            while part := connection.recv(_MOST_BYTES):
                answer += part
                if is_enough(answer):
                    break
    except OSError:
        return answer
    return answer
