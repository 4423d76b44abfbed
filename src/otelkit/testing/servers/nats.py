"""NATS with JetStream: NATS_URL, else the image, else nats-server.

JetStream answers a moment later than the port does, and a stream that is asked for in between is an error.
A request that nobody answers is answered with 503 by the server itself, when the client can take headers.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from otelkit.testing.servers.probing import answer_until
from otelkit.testing.servers.recipe import Recipe

_ASK_JETSTREAM = (
    b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'
    b"SUB _INBOX.ready 1\r\n"
    b"PUB $JS.API.INFO _INBOX.ready 0\r\n\r\n"
)
_MESSAGE = re.compile(rb"MSG _INBOX\.ready [^\r]+\r\n[^\r]+\r\n")
_ACCOUNT = b'"memory":'  # how much of it the account uses; an answer that is an error has none


class Nats(Recipe):
    """The global account of a server without users."""

    name = "nats"
    variables = ("NATS_URL",)
    image = "nats:2.12-alpine"
    port = 4222
    container_command = ("--jetstream", "--store_dir", "/data")
    program = "nats-server"
    package = "nats-server"

    @override
    def url(self, host: str, port: int) -> str:
        return f"nats://{host}:{port}"

    @override
    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        store = ["--jetstream", "--store_dir", str(folder / "data")]
        return [str(program), "--addr", "127.0.0.1", "--port", str(port), *store]

    @override
    def is_ready(self, host: str, port: int) -> bool:
        return _ACCOUNT in answer_until(host, port, _ASK_JETSTREAM, _MESSAGE)


RECIPE = Nats()
