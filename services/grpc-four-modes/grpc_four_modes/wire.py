"""Options of channel and server: sizes, keepalive, and how long connections live.

A server that asks for pings more seldom than its clients send them closes their connections (too_many_pings),
so both take the same setting. https://github.com/grpc/grpc/blob/master/doc/keepalive.md
"""

from grpc_four_modes.service_config import service_config
from grpc_four_modes.settings import ClientSettings, Settings, WireSettings

Options = list[tuple[str, int | str]]


def server_options(settings: Settings) -> Options:
    """Options of a server."""
    age = settings.max_connection_age_seconds
    return [
        *_both(settings),
        ("grpc.so_reuseport", 0),  # a port that is taken is an error, not half of the calls
        ("grpc.http2.min_ping_interval_without_data_ms", _millis(settings.keepalive_seconds / 2)),
        ("grpc.max_connection_age_ms", _millis(age)),
        ("grpc.max_connection_age_grace_ms", _millis(settings.watch_seconds)),
        # of one connection; at this bound a client waits, while a call too many on all of them is refused
        ("grpc.max_concurrent_streams", settings.max_concurrent_calls * 2),
    ]


def channel_options(settings: ClientSettings, service: str) -> Options:
    """Options of a channel for calls of `service`."""
    name = settings.tls_server_name
    return [
        *_both(settings),
        ("grpc.service_config", service_config(settings, service)),
        ("grpc.enable_retries", 1),
        *([("grpc.ssl_target_name_override", name)] if name else []),
    ]


def _both(settings: WireSettings) -> Options:
    return [
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        ("grpc.max_metadata_size", settings.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", settings.max_metadata_bytes),
        ("grpc.keepalive_time_ms", _millis(settings.keepalive_seconds)),
        ("grpc.keepalive_timeout_ms", _millis(settings.keepalive_timeout_seconds)),
        ("grpc.keepalive_permit_without_calls", 1),
    ]


def _millis(seconds: float) -> int:
    return int(seconds * 1000)
