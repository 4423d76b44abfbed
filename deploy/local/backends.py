"""Where telemetry ends up: the embedded viewer, or Tempo, Loki and Mimir with the files of deploy/backends.

Both take what the Collector sends; which one it is, is the Collector's overlay and nothing else.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deploy.local.part import Part
from deploy.local.settings import ROOT, Settings
from otelkit.backends import Backends, find_backends

CONFIGS = ROOT / "deploy" / "backends"
GRAFANA = ROOT / "deploy" / "grafana"
TENANT = "anonymous"  # of no consequence where there is but one


def plan_backends(settings: Settings, *, has_collector: bool) -> list[Part]:
    """List the backends' parts; without a Collector the viewer listens on its ports."""
    if not settings.programs:
        return [_viewer(settings, direct=not has_collector)]
    return [_PLANS[name](settings, program) for name, program in settings.programs.items()]


def collector_environment(settings: Settings) -> dict[str, str]:
    """Give the variables that tell the Collector where the backends are."""
    if not settings.programs:  # it can also be fed by the overlay that is meant for the others
        grpc = f"{settings.reach}:{settings.ports['VIEWER_OTLP_GRPC_PORT']}"
        http = settings.url("VIEWER_OTLP_HTTP_PORT")
        lgtm = {f"COLLECTOR_TO_{name}_ENDPOINT": http for name in ("LOKI", "MIMIR")}
        return {"COLLECTOR_TO_VIEWER_ENDPOINT": grpc, "COLLECTOR_TO_TEMPO_ENDPOINT": grpc, **lgtm}
    return {
        "COLLECTOR_TO_TEMPO_ENDPOINT": f"{settings.reach}:{settings.ports['TEMPO_OTLP_GRPC_PORT']}",
        "COLLECTOR_TO_LOKI_ENDPOINT": settings.url("LOKI_PORT", "/otlp"),
        "COLLECTOR_TO_MIMIR_ENDPOINT": settings.url("MIMIR_PORT", "/otlp"),
        "COLLECTOR_TENANT": os.environ.get("COLLECTOR_TENANT") or TENANT,
    }


def backends_of(parts: Mapping[str, Part]) -> Backends:
    """Make clients of the backends of a stack that is up."""
    return find_backends(variables_of(parts))


def variables_of(parts: Mapping[str, Part]) -> dict[str, str]:
    """Give the variables that tell a program where the backends of a stack that is up are, and the tenant."""
    if "viewer" in parts:
        return {"BACKEND": "viewer", "VIEWER_URL": parts["viewer"].address}
    names = ("tempo", "loki", "mimir", "grafana")
    urls = {f"{name.upper()}_URL": parts[name].address for name in names if name in parts}
    urls["MIMIR_URL"] += "/prometheus"
    told = {**os.environ, **(parts["collector"].environment if "collector" in parts else {})}
    tenant = quote(told.get("COLLECTOR_TENANT") or TENANT, safe="")
    return {"BACKEND": "lgtm", **urls, "BACKEND_HEADERS": f"X-Scope-OrgID={tenant}"}


def page_of_trace(parts: Mapping[str, Part], trace_id: str) -> str:
    """Give the address at which a person sees a trace."""
    if "viewer" in parts:
        return f"{parts['viewer'].address}/trace/{trace_id}"
    if "grafana" in parts:
        return f"{parts['grafana'].address}/a/grafana-exploretraces-app/explore?traceId={trace_id}"
    return f"{parts['tempo'].address}/api/traces/{trace_id}"


def _viewer(settings: Settings, *, direct: bool) -> Part:
    prefix = "COLLECTOR" if direct else "VIEWER_OTLP"
    grpc, http = f"{prefix}_GRPC_PORT", f"{prefix}_HTTP_PORT"
    command = [sys.executable, "-m", "otelkit.viewer", "--host", settings.host]
    command += ["--port", str(settings.ports["VIEWER_PORT"])]
    command += ["--otlp-grpc-port", str(settings.ports[grpc]), "--otlp-http-port", str(settings.ports[http])]
    command += ["--database", str(settings.state_dir / "viewer.sqlite")]
    return Part(
        name="viewer",
        runs_as="embedded backend, SQLite" + (", OTLP straight from the services" if direct else ""),
        command=tuple(command),
        ports=settings.pick("VIEWER_PORT", grpc, http),
        address=settings.url("VIEWER_PORT"),
        health_url=settings.url("VIEWER_PORT", "/healthz"),
        environment={},
    )


def _part(settings: Settings, name: str, program: Path, **environment: str) -> Part:
    prefix = name.upper()
    ports = {key: port for key, port in settings.ports.items() if key.startswith(f"{prefix}_")}
    return Part(
        name=name,
        runs_as=str(program),
        command=(str(program), f"-config.file={CONFIGS / name}.yaml", "-config.expand-env=true"),
        ports=ports,
        address=settings.url(f"{prefix}_PORT"),
        health_url=settings.url(f"{prefix}_PORT", "/ready"),
        environment={
            **{key: str(port) for key, port in ports.items()},
            f"{prefix}_HOST": settings.host,
            f"{prefix}_DATA_DIR": str(settings.state_dir / name),
            **environment,
        },
    )


def _tempo(settings: Settings, program: Path) -> Part:
    to_mimir = settings.url("MIMIR_PORT", "/api/v1/push")
    return _part(settings, "tempo", program, TEMPO_TO_MIMIR_URL=to_mimir)


def _loki(settings: Settings, program: Path) -> Part:
    return _part(settings, "loki", program)


def _mimir(settings: Settings, program: Path) -> Part:
    rules = os.environ.get("MIMIR_RULES_DIR", str(CONFIGS / "tenants"))
    return _part(settings, "mimir", program, MIMIR_RULES_DIR=rules)


def _grafana(settings: Settings, program: Path) -> Part:
    port = settings.pick("GRAFANA_PORT")
    return Part(
        name="grafana",
        runs_as=str(program),
        command=(str(program), "server", "--homepath", str(settings.grafana_home or program.parents[1])),
        ports=port,
        address=settings.url("GRAFANA_PORT"),
        health_url=settings.url("GRAFANA_PORT", "/api/health"),
        environment={
            "GF_SERVER_HTTP_ADDR": settings.host,
            "GF_SERVER_HTTP_PORT": str(port["GRAFANA_PORT"]),
            "GF_PATHS_DATA": str(settings.state_dir / "grafana"),
            "GF_PATHS_PROVISIONING": str(GRAFANA / "provisioning"),
            "GF_AUTH_ANONYMOUS_ENABLED": "true",  # as in Compose: who reaches the port may look and change
            "GF_AUTH_ANONYMOUS_ORG_ROLE": "Editor",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GRAFANA_DASHBOARDS_DIR": str(GRAFANA / "rendered"),
            "TEMPO_URL": settings.url("TEMPO_PORT"),
            "LOKI_URL": settings.url("LOKI_PORT"),
            "MIMIR_URL": settings.url("MIMIR_PORT", "/prometheus"),
            "PYROSCOPE_URL": os.environ.get("PYROSCOPE_URL", "http://127.0.0.1:4040"),
        },
    )


_PLANS = {"tempo": _tempo, "loki": _loki, "mimir": _mimir, "grafana": _grafana}
