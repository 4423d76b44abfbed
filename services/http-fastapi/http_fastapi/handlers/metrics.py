"""The metrics of this process for Prometheus, when OTEL_METRICS_EXPORTER names `prometheus`.

As OpenMetrics with exemplars for who asks for it, else as Prometheus text. Like the health check it leaves
no span and has no limits. With several workers it shows those of the worker that answers: see the README.
"""

from fastapi import APIRouter, Request, Response

from otelkit.openmetrics import OpenMetricsReader, choose_format


def metrics_router(reader: OpenMetricsReader) -> APIRouter:
    """`GET /metrics`, on what this reader collects."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def show_metrics(request: Request) -> Response:  # not async: collecting takes milliseconds
        form = choose_format(",".join(request.headers.getlist("accept")))
        return Response(reader.page(form), headers={"Content-Type": form.value, "Vary": "Accept"})

    return router
