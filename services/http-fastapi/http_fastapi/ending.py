"""Tells streams that the server is asked to end, as soon as it is.

ASGI says so in `lifespan.shutdown`, after the last response, for which the server waits: an event stream
would hold it until the drain is over and then be cut off. So the signal itself is heard, in front of the
server's own handler (uvicorn installs that before the lifespan starts, also in gunicorn's workers).
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def before_shutdown(call: Callable[[], None]) -> Iterator[None]:
    """Within the block, `call` runs in the event loop when the server is asked to end.

    Outside of the main thread no signal can be heard, and where nobody handles one nobody waits either.
    """
    heard = {}
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler) and handler is not signal.default_int_handler:
                signal.signal(number, _in_front(handler, lambda: loop.call_soon_threadsafe(call)))
                heard[number] = handler
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


def _in_front(
    handler: Callable[[int, FrameType | None], object], call: Callable[[], object]
) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        call()
        handler(number, frame)

    return handle
