"""What the API answers instead of an object: a Status with code, reason and message."""

from typing import Any

from aiohttp import web


class Refusal(Exception):  # noqa: N818 - an answer, not an error of the emulator
    """One answer that is no object."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message

    def status(self) -> dict[str, Any]:
        """Give the Status object."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }

    def response(self) -> web.Response:
        """Give the HTTP answer."""
        return web.json_response(self.status(), status=self.code)


def not_found(resource: str, name: str | None) -> Refusal:
    """There is no such object."""
    return Refusal(404, "NotFound", f'{resource} "{name}" not found')


def conflict(message: str) -> Refusal:
    """Somebody else was faster."""
    return Refusal(409, "Conflict", message)


def invalid(message: str) -> Refusal:
    """The object breaks its schema, or the patch does not fit."""
    return Refusal(422, "Invalid", message)


def expired(version: int) -> Refusal:
    """The watch begins at a version that is forgotten."""
    return Refusal(410, "Expired", f"too old resource version: {version}")
