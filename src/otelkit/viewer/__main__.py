"""`python -m otelkit.viewer`: runs until SIGTERM or SIGINT."""

import logging
import signal
import sys
import threading

from otelkit.errors import ConfigurationError
from otelkit.receiver import PortUnavailableError
from otelkit.viewer.server import Viewer
from otelkit.viewer.settings import Settings, read_settings


def main() -> int:
    """Run the viewer; 0 when asked to end, 2 when a setting cannot be used."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return _run(read_settings(), ended)


def _run(settings: Settings, ended: threading.Event) -> int:
    try:
        viewer = Viewer(settings)
        viewer.start()
    except (ConfigurationError, PortUnavailableError) as error:
        print(f"viewer: {error}", file=sys.stderr)  # noqa: T201 - a program for the terminal
        return 2
    print(viewer.addresses(settings.host), flush=True)  # noqa: T201 - a program for the terminal
    ended.wait()
    viewer.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
