"""`python -m grafana_export.smoke`: send a request's telemetry, and read every signal of it back.

The service runs in this process, on a free port, and gets a real request. Exit code 0 says that the trace,
log line, measurement and exemplar of one request all came back within `GRAFANA_EXPORT_SMOKE_SECONDS`.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout

from fastapi import FastAPI

from grafana_export.client import send_request
from grafana_export.looking import Search
from grafana_export.place import Place, find_place
from grafana_export.profiles import Profiler
from grafana_export.remedies import remedy_for_sending, remedy_for_stack
from grafana_export.report import report_on
from grafana_export.secrecy import without_secrets
from grafana_export.sending import Sender, sender_of
from grafana_export.server import create_app
from grafana_export.settings import Settings
from grafana_export.signals import looks_at
from grafana_export.startup import one_message, start_telemetry
from otelkit import ConfigurationError, Telemetry
from otelkit.backends import BackendError
from otelkit.receiver import HttpServer

Say = Callable[[str], None]
_END_SECONDS = 2.0  # for what was not accepted before will hardly be now


def main() -> int:
    """Run the smoke test; gives the exit code."""
    with one_message():
        settings = Settings()
        place = _find(settings)
        with redirect_stdout(sys.stderr):  # the service's own log lines; stdout is for the report
            telemetry = start_telemetry(settings)
        instance_id = _instance_of(telemetry)
        profiler = Profiler.start(settings, telemetry)

    def say(text: str) -> None:
        print(without_secrets(text, settings), flush=True)  # noqa: T201 - a command line's answer

    with ExitStack() as ending:
        ending.callback(telemetry.shutdown, _END_SECONDS)
        ending.callback(profiler.stop)
        address = ending.enter_context(_serving(create_app(telemetry, profiler)))
        sender = ending.enter_context(sender_of(telemetry))
        say(f"sends a request's telemetry, and reads it back from {place.name}")
        return _test(settings, address, sender, Search(looks_at(place, instance_id)), say)


def _test(settings: Settings, address: str, sender: Sender, search: Search, say: Say) -> int:
    def request() -> bool:
        search.add(send_request(address))
        return sender.send(settings.send_seconds)

    if not request():
        to_cloud = bool(settings.cloud_otlp_endpoint)
        for trouble in sender.troubles or [f"nothing was accepted within {settings.send_seconds:g} s"]:
            say(f"\n{trouble}\n  {remedy_for_sending(trouble, in_cloud=to_cloud)}")
        return 1
    search.run(settings.smoke_seconds, settings.repeat_seconds, request)
    say(report_on(search, settings))
    return 0 if search.whole else 1


def _find(settings: Settings) -> Place:
    try:
        return find_place(settings)
    except BackendError as error:
        text = f"the stack's addresses are not known. {error}\n  {remedy_for_stack(str(error))}"
        raise ConfigurationError(without_secrets(text, settings)) from None


def _instance_of(telemetry: Telemetry) -> str:
    if telemetry.pipelines is None:
        raise ConfigurationError("OTEL_SDK_DISABLED=true: nothing would be sent; unset it")
    return str(telemetry.pipelines.tracer_provider.resource.attributes["service.instance.id"])


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    server = HttpServer(app, "127.0.0.1", 0)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop(grace_seconds=1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # as shells have it
