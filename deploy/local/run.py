"""`make run SERVICE=x`: one service in the foreground, its spans as trees in the terminal.

Nothing else is needed: the sink that receives them runs beside the service.
"""

import os
import sys

from deploy.local.ports import explain_taken, is_free
from deploy.local.settings import Settings, StackError, find_service


def run_service(settings: Settings, name: str) -> None:
    """Replace this process by the service and its sink. Raises StackError when it cannot start."""
    service = find_service(name)
    setting = f"{service.prefix}_PORT"
    port = settings.ports[setting]
    if not is_free(settings.host, port):
        raise StackError(explain_taken(name, setting, port))
    environment = {
        "OTEL_SERVICE_NAME": name,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        f"{service.prefix}_HOST": settings.host,
        setting: str(port),
    }
    print(f"{name}: {settings.url(setting)} (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "otelkit.testing.run", "--", sys.executable, "-m", service.module]
    os.execve(sys.executable, command, {**os.environ, **environment})  # noqa: S606 - signals go to the service
