"""Queries in PromQL: what a dashboard's variables choose, and the windows, are written once, here.

Names are those of Mimir and Prometheus: `http.server.request.duration` in `s` is
`http_server_request_duration_seconds`, counters end in `_total`.
"""

CHOSEN = 'service_name=~"$service",deployment_environment_name=~"$environment"'
SERVICE = ("service_name",)
WINDOW = "$__rate_interval"


def series(metric: str, *conditions: str) -> str:
    """Select a metric of the chosen services, further conditions as `label="value"`."""
    return f"{metric}{{{','.join([CHOSEN, *conditions])}}}"


def total(expression: str, by: tuple[str, ...] = SERVICE) -> str:
    """Add up."""
    return f"sum by ({', '.join(by)}) ({expression})"


def level(metric: str, *conditions: str, by: tuple[str, ...] = SERVICE) -> str:
    """Add up a gauge, or a sum that goes up and down."""
    return total(series(metric, *conditions), by)


def rate(metric: str, *conditions: str, by: tuple[str, ...] = SERVICE) -> str:
    """Give a counter's increase a second."""
    return total(f"rate({series(metric, *conditions)}[{WINDOW}])", by)


def grown(selected: str, by: tuple[str, ...] = SERVICE, window: str = WINDOW) -> str:
    """Give how many were counted in each window, of counters that are born with their first event.

    `increase` sees a series that begins at 1 as one that has not moved: a first loss would be shown nowhere.
    """
    return total(f"({selected} unless {selected} offset {window}) or increase({selected}[{window}])", by)


def quantile(share: float, histogram: str, *conditions: str, by: tuple[str, ...] = SERVICE) -> str:
    """Give the value that `share` of the measurements do not exceed."""
    return f"histogram_quantile({share}, {rate(f'{histogram}_bucket', *conditions, by=('le', *by))})"


def or_zero(expression: str, measured: str) -> str:
    """Say 0 where only `measured` has values: it has not happened, which is not the same as unknown."""
    return f"({expression} or 0 * {measured})"


def ratio(part: str, whole: str) -> str:
    """Divide, 0 where there is a whole and no part."""
    return f"{or_zero(part, whole)} / {whole}"
