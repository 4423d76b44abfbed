"""Details of an error come from another process, and may be anything."""

import os
from typing import Any

import grpc

from grpc_four_modes.problems import explain, status_of_error


def test_details_that_are_none_do_not_hide_the_error() -> None:
    class Failed:
        """A failed call as a hostile server makes it."""

        def __init__(self, details: bytes) -> None:
            self.metadata = (("grpc-status-details-bin", details),)

        def trailing_metadata(self) -> Any:
            return self.metadata

        def code(self) -> grpc.StatusCode:
            return grpc.StatusCode.NOT_FOUND

        def details(self) -> str:
            return "gone\x1b[2J"

    for details in (b"", b"\xff\xff", b"\x08\x03", os.urandom(200), b"\x08\x05\x12\x05gone!"):
        assert status_of_error(Failed(details)).code == 5
        assert explain(Failed(details)) == "NOT_FOUND: gone\N{REPLACEMENT CHARACTER}[2J"
