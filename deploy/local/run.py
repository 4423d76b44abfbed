"""`make run SERVICE=x`: one service in the foreground, its spans as trees in the terminal.

Nothing else is needed: the sink that receives them runs beside the service.
"""

import importlib.util
import os
import sys

from deploy.local.ports import explain_taken, is_free
from deploy.local.settings import Service, Settings, StackError, find_service


def run_service(settings: Settings, name: str, scenario: str = "") -> None:
    """Replace this process by the service, or one of its scenarios, and its sink.

    Raises StackError when it cannot start.
    """
    service = find_service(name)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    environment = {
        "OTEL_SERVICE_NAME": name,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        **settings.database_url(service),
    }
    command = [sys.executable, "-m", "otelkit.testing.run", "--", sys.executable, "-m"]
    if scenario:
        command += [_scenarios_of(service), scenario]
    else:
        command.append(service.demo or service.module)
        environment |= _listen(settings, service)
    os.execve(sys.executable, command, {**os.environ, **environment})  # noqa: S606 - signals go to the service


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
