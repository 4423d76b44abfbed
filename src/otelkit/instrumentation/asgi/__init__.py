"""Server spans and the duration histogram for ASGI applications, at the lowest cost that is still correct.

Follows semantic conventions 1.44, HTTP server spans and metrics; only the stable names are emitted.
One span a request, from its first line to the last byte of the answer, streamed bodies included. Headers are
read once, the route is the router's own match, nothing is computed for a span that is not recorded.
A client that leaves is no error of the server: its span ends UNSET, without a status code when none was sent.
Ours stands down for contrib's, and has FastAPI's own telemetry stand down for it (see `application`).
"""

from otelkit.instrumentation.asgi.application import instrument_app, uninstrument_app
from otelkit.instrumentation.asgi.instrumentor import AsgiInstrumentor
from otelkit.instrumentation.asgi.middleware import TelemetryMiddleware

__all__ = ["AsgiInstrumentor", "TelemetryMiddleware", "instrument_app", "uninstrument_app"]
