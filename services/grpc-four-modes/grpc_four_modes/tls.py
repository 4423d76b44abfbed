"""Certificates of both sides. With `tls_ca` at the server TLS is mutual: no certificate, no connection."""

import grpc

from grpc_four_modes.settings import Settings, WireSettings


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """Give what the server proves itself with; None: plain text. Raises OSError for a missing file."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    pair = (settings.tls_key.read_bytes(), settings.tls_certificate.read_bytes())
    ca = settings.tls_ca.read_bytes() if settings.tls_ca else None
    return grpc.ssl_server_credentials([pair], root_certificates=ca, require_client_auth=ca is not None)


def channel_credentials(settings: WireSettings) -> grpc.ChannelCredentials | None:
    """Give what the client checks and shows; None: plain text. Raises OSError as above."""
    if settings.tls_ca is None:
        return None
    key = settings.tls_key.read_bytes() if settings.tls_key else None
    certificate = settings.tls_certificate.read_bytes() if settings.tls_certificate else None
    return grpc.ssl_channel_credentials(settings.tls_ca.read_bytes(), key, certificate)
