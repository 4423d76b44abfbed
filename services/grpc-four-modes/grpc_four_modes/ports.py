"""Where the server listens, and where it finds the warehouse: by default at itself."""

from typing import Any

from grpc_four_modes.settings import ClientSettings, Settings
from grpc_four_modes.tls import server_credentials


def listen(server: Any, settings: Settings) -> int:
    """Bind the port of a server of either style, and give it.

    Raises:
        OSError: it is taken, or a certificate cannot be read.
    """
    address = f"{_bracketed(settings.host)}:{settings.port}"
    credentials = server_credentials(settings)
    try:
        if credentials is None:
            return int(server.add_insecure_port(address))
        return int(server.add_secure_port(address, credentials))
    except RuntimeError:  # grpc says why to stderr alone
        message = (
            f"cannot listen at {address}: GRPC_FOUR_MODES_HOST, GRPC_FOUR_MODES_PORT, or the certificates"
        )
        raise OSError(message) from None


def warehouse_settings(settings: Settings, port: int) -> ClientSettings:
    """Say how the warehouse is reached: with this server's own certificates, and its token or our own."""
    ours = {name: getattr(settings, name) for name in ClientSettings.model_fields if hasattr(settings, name)}
    token = settings.warehouse_token or next(iter(settings.token_list()), None)
    target = settings.warehouse_target or own_address(settings, port)
    return ClientSettings.model_validate({**ours, "target": target, "token": token})


def own_address(settings: Settings, port: int) -> str:
    """Give the address by which this machine reaches a server with these settings."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
