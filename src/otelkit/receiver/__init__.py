"""OTLP in, over gRPC and HTTP/protobuf, within this process and within a memory bound.

The test sink and the viewer are both a `Receiver` with a callback that stores or
keeps what arrives. JSON is not spoken: OTLP makes only protobuf mandatory.
Needs the extra `otelkit[receiver]`.
"""

from otelkit.receiver.budget import Budget
from otelkit.receiver.http_app import otlp_routes
from otelkit.receiver.http_server import HttpServer
from otelkit.receiver.ports import PortUnavailableError
from otelkit.receiver.receiver import Receiver
from otelkit.receiver.verdict import Accept, Accepted, Refused, TryAgain, Verdict

__all__ = [
    "Accept",
    "Accepted",
    "Budget",
    "HttpServer",
    "PortUnavailableError",
    "Receiver",
    "Refused",
    "TryAgain",
    "Verdict",
    "otlp_routes",
]
