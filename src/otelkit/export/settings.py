"""The OTLP exporter's variables, and our one: the size of the queue.

OTEL_EXPORTER_OTLP_{ENDPOINT, PROTOCOL, HEADERS, TIMEOUT, COMPRESSION, CERTIFICATE, CLIENT_KEY,
CLIENT_CERTIFICATE, INSECURE}, each also with TRACES_, METRICS_ or LOGS_ before the last word;
the signal's own beats the general one. TIMEOUT is in milliseconds, as the specification says;
Python's stock exporters read seconds, so values under 100 are refused instead of misread.
OTELKIT_EXPORT_QUEUE_BYTES is the bound of each signal's queue, in bytes of encoded OTLP;
OTELKIT_EXPORT_ENCODING is `direct` (ours) or `sdk` (the SDK's batch processor and encoder).
The protocol's default is grpc. (https://opentelemetry.io/docs/specs/otel/protocol/exporter/)
"""

import os
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from otelkit.environment import boolean, one_of, positive, read, whole_number
from otelkit.errors import ConfigurationError
from otelkit.export.compression import Compression, check_supported
from otelkit.export.destination import DEFAULT_TIMEOUT_SECONDS, Destination, Protocol
from otelkit.export.endpoints import Endpoint, grpc_endpoint, http_endpoint
from otelkit.export.header_list import parse_headers
from otelkit.export.tls_files import read_tls_files
from otelkit.signals import WIRES, Signal

QUEUE_BYTES_VARIABLE = "OTELKIT_EXPORT_QUEUE_BYTES"
DEFAULT_QUEUE_BYTES = 64 * 2**20
ENCODING_VARIABLE = "OTELKIT_EXPORT_ENCODING"
_LEAST_TIMEOUT_MILLIS = 100


class _Names(NamedTuple):
    """Finds the variable that counts for a signal: its own, or the general one."""

    environ: Mapping[str, str]
    signal: Signal

    def own(self, setting: str) -> str:
        return f"OTEL_EXPORTER_OTLP_{self.signal.upper()}_{setting}"

    def find(self, setting: str) -> str:
        own = self.own(setting)
        return own if self.environ.get(own, "").strip() else f"OTEL_EXPORTER_OTLP_{setting}"


def read_destination(signal: Signal, environ: Mapping[str, str] = os.environ) -> Destination:
    """Read where `signal` goes.

    Raises:
        ConfigurationError: a wrong value; names the variable, the value and the remedy.
    """
    names = _Names(environ, signal)
    protocol = Protocol(read(environ, names.find("PROTOCOL"), one_of(*Protocol), "grpc"))
    endpoint = _endpoint(names, protocol)
    certificate, key, client_certificate = read_tls_files(environ, names.find)
    return Destination(
        signal,
        protocol,
        **endpoint._asdict(),
        headers=_headers(names),
        timeout_seconds=read(environ, names.find("TIMEOUT"), _timeout_seconds, DEFAULT_TIMEOUT_SECONDS),
        compression=_compression(names, protocol),
        certificate=certificate,
        client_key=key,
        client_certificate=client_certificate,
    )


def read_queue_bytes(environ: Mapping[str, str] = os.environ) -> int:
    """Bound of one signal's queue in bytes; raises ConfigurationError."""
    return read(environ, QUEUE_BYTES_VARIABLE, positive, DEFAULT_QUEUE_BYTES)


def read_encodes_directly(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to encode without the SDK's encoder; raises ConfigurationError."""
    return read(environ, ENCODING_VARIABLE, one_of("direct", "sdk"), "direct") == "direct"


def _endpoint(names: _Names, protocol: Protocol) -> Endpoint:
    variable = names.find("ENDPOINT")
    if protocol is Protocol.GRPC:
        insecure = read(names.environ, names.find("INSECURE"), boolean, default=False)
        parse, default = partial(grpc_endpoint, insecure=insecure), "http://localhost:4317"
    else:
        path = "" if variable == names.own("ENDPOINT") else WIRES[names.signal].http_path
        parse, default = partial(http_endpoint, append_path=path), "http://localhost:4318"
    shown = names.environ.get(variable, "").strip()
    try:
        return parse(shown or default)
    except ValueError as error:
        hidden = "'(hidden: it has credentials)'" if "@" in shown else repr(shown)
        raise ConfigurationError(f"{variable}={hidden}: {error}") from None


def _compression(names: _Names, protocol: Protocol) -> Compression:
    is_grpc = protocol is Protocol.GRPC

    def parse(text: str) -> Compression:
        compression = Compression(one_of(*Compression)(text))
        check_supported(compression, grpc=is_grpc)
        return compression

    default = Compression.NONE if is_grpc else Compression.GZIP
    return read(names.environ, names.find("COMPRESSION"), parse, default)


def _headers(names: _Names) -> tuple[tuple[str, str], ...]:
    variable = names.find("HEADERS")
    try:
        return parse_headers(names.environ.get(variable, ""))
    except ValueError as error:
        raise ConfigurationError(f"{variable}='(hidden)': {error}") from None


def _timeout_seconds(text: str) -> float:
    try:
        return whole_number(text, _LEAST_TIMEOUT_MILLIS) / 1000
    except ValueError:
        message = f"use milliseconds, {_LEAST_TIMEOUT_MILLIS} or more; 10000 is ten seconds"
        raise ValueError(message) from None
