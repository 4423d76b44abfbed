"""What is asked of a viewer that holds a million spans: each page and API, with what is hardest for it."""

from urllib.parse import urlencode

from bench.viewer_load import BEGIN, SECOND, trace_id_of

_HOUR = {"start": BEGIN // SECOND, "end": BEGIN // SECOND + 3_700}
_OLD_ORDER = 'shop.order.id = "order-000000017"'


_TRACEQL = {
    "a service": '{ resource.service.name = "service-3" }',
    "a part of a name": '{ name =~ ".*3 of 7" }',
    "a name nowhere": '{ name =~ ".*nothing" }',
    "an error": "{ status = error }",
    "an error of a service without": '{ status = error && resource.service.name = "service-1" }',
    "spans that last long": "{ duration > 96ms }",
    "one span's attribute, first of all": f"{{ span.{_OLD_ORDER} }}",
    "an attribute of every span": '{ .http.request.method = "POST" }',
    "an attribute nowhere": '{ .shop.nothing = "x" }',
    "a value nowhere": '{ .shop.order.id = "nothing" }',
    "a number": "{ span.shop.amount > 99.85 }",
    "two attributes never together": "{ .server.port = 8003 && .http.response.status_code = 500 }",
    "an expression nowhere": '{ .http.route =~ ".*nothing" }',
}


def queries() -> dict[str, str]:
    """Path by what is asked."""
    found = {f"traces: {name}": f"/api/search?{urlencode({'q': query})}" for name, query in _TRACEQL.items()}
    found |= {
        "traces: the latest": "/api/search",
        "traces: of 97 ms and more": "/api/search?minDuration=1040ms",
        "traces: longer than any": "/api/search?minDuration=10s",
        "traces: a service, longer than any": "/?service=service-3&min=10s",
        "traces: the page": "/",
        "trace: by id": f"/api/traces/{trace_id_of(777).hex()}",
        "trace: the page": f"/trace/{trace_id_of(777).hex()}",
        "logs: the page": "/logs",
        "logs: a text": f"/logs?{urlencode({'text': 'refused by the bank'})}",
        "logs: a text nowhere": f"/logs?{urlencode({'text': 'no such thing'})}",
        "logs: an order": f"/logs?{urlencode({'text': 'order-000000015'})}",
        "logs: a service's errors": "/logs?service=service-3&severity=error",
        "metrics: the list": "/metrics",
        "metrics: a histogram": "/metric?service=service-3&name=shop.duration.3",
        "map: of everything": "/map",
    }
    loki = {"query": '{service_name=~".+"} | shop_order_id="order-000000015"', **_HOUR}
    found["logs: Loki, an attribute"] = f"/loki/api/v1/query_range?{urlencode(loki)}"
    name = 'shop_duration_3_seconds_count{service_name="service-3"}'
    prometheus = {"query": name, **_HOUR, "step": 30}
    found["metrics: Prometheus, a range"] = f"/prometheus/api/v1/query_range?{urlencode(prometheus)}"
    return found
