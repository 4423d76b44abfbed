"""uvicorn's worker for gunicorn, as the service itself starts uvicorn.

Without `reset_contextvars` a pipelined request begins within the span of the one before
(https://github.com/Kludex/uvicorn/issues/2912).
"""

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]  # has no py.typed

from http_fastapi.protections.request_head import BoundedHead


class Worker(UvicornWorker):  # type: ignore[misc]  # untyped base
    """Serves each request in a context of its own, and takes no head of any size."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        **UvicornWorker.CONFIG_KWARGS,
        "reset_contextvars": True,
        "http": BoundedHead,
    }
