"""The viewer as a whole: writer, receiver and pages, started and stopped in that order."""

import threading

from otelkit.receiver import HttpServer, Receiver
from otelkit.viewer.app import create_app
from otelkit.viewer.intake import Intake
from otelkit.viewer.settings import Settings
from otelkit.viewer.writer import Writer

_PAGES_GRACE_SECONDS = 1.0
_WRITER_SECONDS = 2.0


class Viewer:
    """Runs in threads of this process; `stop` takes less than five seconds."""

    def __init__(self, settings: Settings) -> None:
        self._writer = Writer(settings.database, settings.max_megabytes * 2**20)
        self._receiver = Receiver(
            Intake(self._writer),
            host=settings.host,
            grpc_port=settings.otlp_grpc_port,
            http_port=settings.otlp_http_port,
        )
        self._pages = HttpServer(create_app(settings.database), settings.host, settings.port)

    def start(self) -> None:
        """Listen on the three ports; raises PortUnavailableError, with none left open."""
        try:
            self._receiver.start()
            self._pages.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Answer what is in hand, write it, close everything; idempotent."""
        pages = threading.Thread(target=self._pages.stop, args=(_PAGES_GRACE_SECONDS,))
        pages.start()
        self._receiver.stop()
        self._writer.close(_WRITER_SECONDS)
        pages.join()

    def addresses(self, host: str) -> str:
        """One line with the real ports."""
        grpc, http = self._receiver.grpc_port, self._receiver.http_port
        return f"viewer: pages http://{host}:{self._pages.port}/ OTLP grpc {host}:{grpc} http {host}:{http}"
