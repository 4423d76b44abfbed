"""One run of a Collector with a backend's overlay, and what arrived there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from collector.toolchain import FOLDER
from tests.collector.send_to.backends import KEY, Backend
from tests.collector.send_to.collectors import OverlayCollector
from tests.collector.send_to.recorder import GrpcRecorder, HttpRecorder, Request
from tests.collector.send_to.telemetry import send
from tests.waiting import wait_until


@dataclass(frozen=True)
class Arrival:
    """What one backend was asked, and what the Collector wrote meanwhile."""

    requests: list[Request]
    log: str

    def of(self, path: str) -> list[Request]:
        """Give the requests of one path."""
        return [request for request in self.requests if request.path == path]


Arrived = Callable[[Backend], Arrival]


def deliver(backend: Backend, binary: Path, folder: Path) -> Arrival:
    """Run one Collector with the backend's overlay until every path was asked."""
    with GrpcRecorder() if backend.grpc else HttpRecorder() as recorder:
        place = {"target": recorder.target} if isinstance(recorder, GrpcRecorder) else {"url": recorder.url}
        settings = {name: value.format(**place) for name, value in backend.settings.items()}
        overlay = folder / "overlay.yaml"
        overlay.write_text(buildable_overlay(backend.name))
        with OverlayCollector(binary, folder, [overlay], **settings) as collector:
            send(collector.grpc_target)
            wait_until(
                lambda: {request.path for request in recorder.requests} >= set(backend.paths.values()),
                20,
                lambda: f"{backend}: {recorder.requests}\n{collector.read_log()[-2000:]}",
            )
    return Arrival(recorder.requests, collector.read_log())


def buildable_overlay(name: str) -> str:
    """Give the text of an overlay; what asks Entra for tokens, which nothing here can be, has one already."""
    text = (FOLDER / f"to-{name}.yaml").read_text()
    if name != "azure-monitor":
        return text
    overlay = yaml.safe_load(text.replace("azure_auth/", "bearertokenauth/"))
    overlay["extensions"] = {"bearertokenauth/azure_monitor": {"token": KEY}}
    return yaml.safe_dump(overlay)
