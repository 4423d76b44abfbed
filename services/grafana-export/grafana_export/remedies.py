"""What to do about what a backend or a gateway answered, in one sentence each."""

import re

_STATUS = re.compile(r"(?:answered|HTTP) (\d{3})")
_FORBIDDEN = {401, 403}
_FINAL = {301, 302, 303, 307, 308, 400, 401, 403, 404}
_SCOPES = {"trace": "traces", "logs": "logs", "metric": "metrics", "exemplar": "metrics"}
_NOTHING = {
    "trace": "a Collector may sample: OTEL_TRACES_SAMPLER, COLLECTOR_SAMPLING_PERCENT",
    "logs": "is there a pipeline for logs?",
    "metric": "is service.instance.id made a label (service_instance_id)?",
    "exemplar": "limits.max_global_exemplars_per_user of Mimir, OTEL_METRICS_EXEMPLAR_FILTER?",
}
_YOURSELF = "or give the addresses yourself: TEMPO_URL, TEMPO_HEADERS and so on"


def status_of(problem: str) -> int:
    """The HTTP status that an error names, or 0."""
    found = _STATUS.search(problem)
    return int(found[1]) if found else 0


def is_final(problem: str) -> bool:
    """Whether the same question will never be answered."""
    return status_of(problem) in _FINAL


def remedy_for_reading(signal: str, problem: str, *, in_cloud: bool) -> str:
    """Say what to do when a signal was not found; `problem` is what came back, if it was no answer."""
    if not problem:
        return f"accepted, but not there: is it the tenant that it was sent to? {_NOTHING[signal]}"
    if "no org id" in problem:
        return "it has tenants: BACKEND_HEADERS=X-Scope-OrgID=<the tenant that the Collector sends to>"
    match status_of(problem):
        case 401 | 403 if in_cloud:
            remedy = f"GRAFANA_CLOUD_TOKEN needs the scope {_SCOPES[signal]}:read, for this stack"
        case 401 | 403:
            remedy = "it wants credentials: BACKEND_HEADERS=Authorization=..., or those of this signal"
        case 429:
            remedy = "it limits the rate of queries: try again later"
        case status if status >= 500:  # noqa: PLR2004 - the range of server errors
            remedy = "it is in trouble itself: see its log"
        case _:
            remedy = "is it up (make up), and the right address: TEMPO_URL, LOKI_URL, MIMIR_URL, VIEWER_URL?"
    return remedy


def remedy_for_sending(trouble: str, *, in_cloud: bool) -> str:
    """Say what to do when telemetry was not accepted."""
    if "no org id" in trouble:
        return "it has tenants: OTEL_EXPORTER_OTLP_HEADERS=X-Scope-OrgID=<a tenant>"
    status = status_of(trouble)
    if status in _FORBIDDEN or "UNAUTHENTICATED" in trouble or "PERMISSION_DENIED" in trouble:
        cloud = (
            "GRAFANA_CLOUD_TOKEN needs the scopes traces:write, metrics:write and logs:write, "
            "for the stack that GRAFANA_CLOUD_INSTANCE_ID names"
        )
        return cloud if in_cloud else "check OTEL_EXPORTER_OTLP_HEADERS"
    setting = "GRAFANA_CLOUD_OTLP_ENDPOINT (it ends in /otlp)" if in_cloud else "OTEL_EXPORTER_OTLP_ENDPOINT"
    if status == 404:  # noqa: PLR2004 - the one for addresses
        return f"nothing takes OTLP at this address: check {setting}"
    return f"check {setting}" + ("" if in_cloud else ", and that the Collector is up: make up")


def remedy_for_stack(problem: str) -> str:
    """Say what to do when the Cloud API does not give a stack's addresses."""
    match status_of(problem):
        case 401 | 403:
            return f"GRAFANA_CLOUD_TOKEN needs the scope stacks:read; {_YOURSELF}"
        case 404:
            return "check GRAFANA_CLOUD_INSTANCE_ID"
        case _:
            return f"check GRAFANA_CLOUD_API, {_YOURSELF}"
