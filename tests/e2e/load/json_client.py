"""Asks a service over HTTP, as a customer without telemetry does; an error is an answer like any other."""

import json
import urllib.error
from http import HTTPStatus
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

_OPENER = build_opener(ProxyHandler({}))
_SECONDS = 20.0


class JsonClient:
    """Speaks with the service at one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Give status and decoded answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self._address}{path}", data, headers, method=method)
        try:
            with _OPENER.open(request, timeout=_SECONDS) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def expect(self, status: HTTPStatus, method: str, path: str, body: Any = None) -> Any:
        """Give the answer. Raises AssertionError when the status is another."""
        got, answer = self.ask(method, path, body)
        assert got == status, f"{method} {self._address}{path} answered {got}, not {status:d}: {answer}"
        return answer
