"""Callbacks of nats-py's own: replies, acknowledgements, watches, what a service answers about itself.

They process no message of the application's. Replies resolve futures, and pass as they are. The others run in
no context, not in the one that their subscription was made in: a service's answers would carry that.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opentelemetry.context import Context

from otelkit.instrumentation.messaging.scopes import attach, detach
from otelkit.instrumentation.nats.acknowledgements import fail_unanswered
from otelkit.instrumentation.nats.messages import DELIVERED

_LIBRARY = "nats."
_AROUND_THE_APPLICATIONS = {"new_callback", "_handle_request"}  # acknowledge by themselves; micro services


def is_librarys(callback: Any) -> bool:
    """Say whether a callback is nats-py's own, and calls none of the application's."""
    module = getattr(callback, "__module__", None) or ""
    return module.startswith(_LIBRARY) and callback.__name__ not in _AROUND_THE_APPLICATIONS


def without_span(callback: Any) -> Any:
    """Give what is to be called in its place."""
    if callback.__name__ == "_request_sub_callback":
        return callback
    return _acknowledge(callback) if callback.__name__ == "_handle_async_reply" else _in_no_context(callback)


def _acknowledge(callback: Any) -> Any:
    @wraps(callback)
    async def run(message: Any) -> None:
        try:
            await callback(message)
        except Exception as error:
            fail_unanswered(callback.__self__, message, error)
            raise

    return run


def _in_no_context(callback: Callable[..., Any]) -> Any:
    @wraps(callback)
    async def run(message: Any) -> None:
        token = attach(Context())
        DELIVERED.set(message)  # in the task of this subscription alone
        try:
            await callback(message)
        finally:
            detach(token)

    return run
