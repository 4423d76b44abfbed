"""Where in Datadog to look for what the demo has sent."""

from collections.abc import Mapping

from datadog_export.demo.arrival import COUNTER
from datadog_export.demo.shop import SERVICE
from datadog_export.demo.traffic import Sent


def say_where(environ: Mapping[str, str], sent: Sent) -> str:
    """Give the addresses of Datadog's pages, at the site that DD_SITE names."""
    site = environ.get("DD_SITE") or "datadoghq.com"
    page = f"https://{'app.' if site.count('.') == 1 else ''}{site}"
    places = {
        "services": f"{page}/apm/services",
        "failed": f"{page}/apm/trace/{sent.failed[0]}",
        "errors": f"{page}/apm/error-tracking?query=service%3A{SERVICE}",
        "logs": f"{page}/logs?query=service%3A{SERVICE}",
        "metrics": f"{page}/metric/explorer?exp_metric={COUNTER}",
    }
    lines = (f"  {name:<9} {place}" for name, place in places.items())
    return "\n".join([f"sent to {site}; it takes a minute to be there:", *lines])
