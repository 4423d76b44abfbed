"""Addresses as settings and strangers give them: `http` or `https`, a host, no user, all of it printable."""

from urllib.parse import urlsplit

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def read_address(text: str) -> str:
    """Give the address without a slash at its end. Raises ValueError."""
    parts = urlsplit(text)
    if not text.isascii() or not text.isprintable() or " " in text or "@" in parts.netloc:
        raise ValueError(
            "an address has visible ASCII characters and no user: give credentials by their settings"
        )
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("use an address that begins with http:// or https://")
    return text.rstrip("/")


def is_loopback(address: str) -> bool:
    """Whether it is of this machine, where nobody listens in."""
    return urlsplit(address).hostname in _LOOPBACK
