"""`make run SERVICE=x`: one service in the foreground, its spans as trees in the terminal.

Nothing else is needed: the sink that receives them is in this process, and so is what ends the broker, if
the service needs one and none is given.
"""

import importlib.util
import os
import signal
import sys
from contextlib import ExitStack
from types import FrameType

from deploy.local.backends import variables_of
from deploy.local.brokers import BROKERS, open_broker
from deploy.local.errors import StackError
from deploy.local.ports import explain_taken, is_free
from deploy.local.services import Service
from deploy.local.settings import Settings, find_service
from deploy.local.state import running_record
from otelkit.testing.run import main as run_with_trees

TOLD = (
    "GRAFANA_CLOUD_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    *("BACKEND", "VIEWER_URL", "TEMPO_URL", "LOKI_URL", "MIMIR_URL"),
)


def run_service(settings: Settings, name: str, scenario: str = "") -> int:
    """Run the service, or one of its scenarios, to its end and give its exit code.

    Raises StackError when it cannot start.
    """
    service = find_service(name)
    if service.reads_back and not scenario:
        os.environ.update(_of_the_stack(settings, service))
        os.execv(sys.executable, [sys.executable, "-m", service.demo])  # noqa: S606 - no shell is needed
    folder = settings.state_dir / "run"  # what the stack has is the stack's, which may be up
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        "OTEL_SERVICE_NAME": name,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        **settings.store_of(service, folder),
    }
    if scenario:
        arguments = [_scenarios_of(service), scenario]
    else:
        arguments = [service.demo or service.module]
        environment |= _listen(settings, service)
    with ExitStack() as until_the_end:
        environment |= _broker(service, until_the_end)
        os.environ.update(environment)
        return run_with_trees(["--", sys.executable, "-m", *arguments])


def _of_the_stack(settings: Settings, service: Service) -> dict[str, str]:
    """Say where the stack that is up takes telemetry and gives it back; nothing when one of these is set."""
    record = running_record(settings.state_dir)
    if record is None or any(os.environ.get(name) for name in TOLD):
        return {}
    parts = {part.name: part for part in record.parts}
    sends = parts[service.name].environment
    return variables_of(parts) | {name: sends[name] for name in sends if name.startswith("OTEL_EXPORTER_")}


def _broker(service: Service, until_the_end: ExitStack) -> dict[str, str]:
    """Start the broker that the service needs; gives the variable with its address."""
    if not service.broker:
        return {}
    for number in (signal.SIGTERM, signal.SIGHUP):  # until those of `run_with_trees` take their place
        signal.signal(number, _leave)
    server = until_the_end.enter_context(open_broker(service))
    return {BROKERS[service.broker].variables[0]: server.url}


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _scenarios_of(service: Service) -> str:
    if importlib.util.find_spec(f"{service.module}.scenarios") is None:
        raise StackError(f"{service.name} has no scenarios: run it without SCENARIO")
    return f"{service.module}.scenarios"


def _listen(settings: Settings, service: Service) -> dict[str, str]:
    setting = f"{service.prefix}_PORT"
    port = settings.ports[setting]
    if not is_free(settings.host, port):
        raise StackError(explain_taken(service.name, setting, port))
    print(f"{service.name}: {settings.address_of(service)} (Ctrl-C ends it)", flush=True)
    return {f"{service.prefix}_HOST": settings.host, setting: str(port)}
