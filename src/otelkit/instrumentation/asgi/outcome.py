"""How a request ended: `error.type`, and whether it was the client who left.

Semantic conventions 1.44: a server's span is in error for a 5xx and for what never became an answer, not
for a 4xx. A client that goes away is a fact of networks and no error of the server.
"""

_SERVER_ERROR = 500
# By name, because a pure ASGI middleware does not import the frameworks that raise them.
_CLIENT_LEFT = frozenset({"ClientDisconnect", "ClientDisconnected", "WebSocketDisconnect"})
INCOMPLETE = "incomplete_response"


def is_server_error(status: int) -> bool:
    """Whether a status code is the server's fault."""
    return status >= _SERVER_ERROR


def name_of_exception(error: BaseException) -> str:
    """Give the qualified name, as `exception.type` has it."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def means_client_left(error: BaseException) -> bool:
    """Whether an exception that comes after a disconnect is only its consequence."""
    return isinstance(error, OSError) or type(error).__name__ in _CLIENT_LEFT
