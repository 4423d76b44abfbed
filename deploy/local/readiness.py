"""Waits until a part is ready: supervisord says that it runs and its own health check answers well.

A part that keeps dying is recognised by its starts, not by waiting for the deadline.
"""

import http.client
import time
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.brokers import BROKERS
from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.state import Record
from deploy.local.supervision import call

READY_SECONDS = 60.0
STARTS_UNTIL_CRASH_LOOP = 3
LOG_LINES = 12


def wait_until_ready(
    record: Record, part: Part, state_dir: Path, timeout_seconds: float = READY_SECONDS
) -> int:
    """Wait for one part and give its process id. Raises StackError with the last lines of its log."""
    deadline = time.monotonic() + timeout_seconds
    starts: set[int] = set()
    while time.monotonic() < deadline:
        process = call(record, "getProcessInfo", part.name)
        starts.add(process["start"])
        state = process["statename"]
        if state == "RUNNING" and is_healthy(part):
            return int(process["pid"])
        gave_up = state == "FATAL" or (state != "RUNNING" and len(starts - {0}) >= STARTS_UNTIL_CRASH_LOOP)
        if gave_up or len(starts - {0}) > STARTS_UNTIL_CRASH_LOOP:
            raise StackError(_explain(part, f"keeps dying (started {len(starts - {0})} times)", state_dir))
        time.sleep(0.1)
    raise StackError(
        _explain(part, f"is not ready after {timeout_seconds:.0f} s ({part.health_url})", state_dir)
    )


def is_healthy(part: Part, timeout_seconds: float = 2.0) -> bool:
    """Ask the part's health check once; proxies of the environment are not asked."""
    address = urlsplit(part.health_url)
    if address.scheme in BROKERS:
        return BROKERS[address.scheme].is_ready(address.hostname or "", address.port or 0)
    if address.scheme == "grpc":
        return _serves_grpc(address.netloc, address.path.lstrip("/"), timeout_seconds)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout_seconds)
    try:
        connection.request("GET", address.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _serves_grpc(target: str, service: str, timeout_seconds: float) -> bool:
    request = health_pb2.HealthCheckRequest(service=service)
    try:
        with grpc.insecure_channel(target, [("grpc.enable_http_proxy", 0)]) as channel:
            answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=timeout_seconds)
    except grpc.RpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def last_lines(log: Path, count: int = LOG_LINES) -> list[str]:
    """Read the last lines of a log of any size."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 64 * 1024))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []


def _explain(part: Part, what: str, state_dir: Path) -> str:
    log = state_dir / "logs" / f"{part.name}.log"
    lines = "".join(f"\n  | {line[:300]}" for line in last_lines(log)) or " nothing"
    return f"{part.name} {what}; {log} ends with:{lines}"
