"""Writes supervisord's configuration, starts it in its own session, and talks to it over its socket.

Nothing starts by itself (`autostart`): `make up` starts part after part when the one before is ready.
Supervisord stops in the opposite order, so that services hand their last spans to a living Collector.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]  # it ships no types

from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.settings import ROOT
from deploy.local.state import MARK, Record

SOCKET_PATH_LIMIT = 100  # bytes; the kernel's is 108, and supervisord appends its pid while it binds
START_SECONDS = 15.0

HEAD = """\
[unix_http_server]
file={socket}
chmod=0700
[supervisord]
nodaemon=true
silent=true
logfile={state}/logs/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
pidfile={state}/supervisord.pid
childlogdir={state}/logs
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """\
[program:{name}]
command={command}
directory={root}
environment={environment}
priority={priority}
autostart=false
autorestart=true
startsecs=1
startretries=20
stopwaitsecs=12
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile={state}/logs/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""


def start_supervisord(state_dir: Path, parts: Sequence[Part]) -> Record:
    """Start supervisord with no part running yet. Raises StackError when it does not answer."""
    (state_dir / "logs").mkdir(parents=True, exist_ok=True)
    record_socket = _socket_path(state_dir)
    config = state_dir / "supervisord.conf"
    config.write_text(render_config(state_dir, record_socket, parts))
    config.chmod(0o600)
    output = (state_dir / "logs" / "supervisord.out").open("w")
    with output:
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)],
            cwd=ROOT,
            env=_environment(state_dir, os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    begun_at = psutil.Process(process.pid).create_time()
    record = Record(process.pid, begun_at, record_socket, tuple(parts))
    _wait_until_it_answers(process, record, Path(output.name))
    return record


def call(record: Record, method: str, *arguments: object) -> Any:
    """Call supervisord, e.g. `getProcessInfo`. Raises OSError when it is gone, Fault when it refuses."""
    transport = SupervisorTransport(None, None, f"unix://{record.socket}")
    with ServerProxy("http://127.0.0.1", transport=transport) as server:
        return getattr(server.supervisor, method)(*arguments)


def render_config(state_dir: Path, socket: str, parts: Sequence[Part]) -> str:
    """Render supervisord's configuration file."""
    sections = [HEAD.format(socket=_escape(socket), state=_escape(str(state_dir)))]
    for number, part in enumerate(parts):
        values = {name: str(value) for name, value in part.environment.items()}
        environment = ",".join(f"{name}={_quote(value)}" for name, value in values.items())
        sections.append(
            PROGRAM.format(
                name=part.name,
                command=_escape(shlex.join(part.command)),
                environment=environment,
                root=_escape(str(ROOT)),
                state=_escape(str(state_dir)),
                priority=100 + number,
            )
        )
    return "".join(sections)


def _socket_path(state_dir: Path) -> str:
    path = str(state_dir / "supervisord.sock")
    if len(os.fsencode(path)) < SOCKET_PATH_LIMIT:
        return path
    return str(Path(tempfile.mkdtemp(prefix="otelkit-stack-")) / "supervisord.sock")


def _environment(state_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    # Where telemetry goes is decided here: a variable of the shell for one signal would win over it.
    kept = {name: value for name, value in environ.items() if not name.startswith("OTEL_EXPORTER_OTLP_")}
    return kept | {MARK: str(state_dir), "PYTHONUNBUFFERED": "1"}


def _wait_until_it_answers(process: subprocess.Popen[bytes], record: Record, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, Fault):
            if call(record, "getPID") == record.pid:
                return
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise StackError(
        f"supervisord does not answer: {output.read_text(errors='replace')[-800:].strip() or 'no output'}"
    )


def _escape(text: str) -> str:
    return text.replace("%", "%%")


def _quote(value: str) -> str:
    return '"' + _escape(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
