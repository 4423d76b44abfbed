"""Tokens and passwords, blotted out of what servers say: one may echo what it was sent, and we show it."""

import base64
import logging
import re
from collections.abc import Iterator

from grafana_export.settings import Settings

_AUTHORIZATION = re.compile(r"\b(Basic|Bearer) [\w+/=.~-]+", re.IGNORECASE)
_QUOTING = "otelkit.export.drops"  # logs why something was refused, in the server's words


def without_secrets(text: str, settings: Settings) -> str:
    """The text with tokens and passwords blotted out, as they are and within base64."""
    text = _AUTHORIZATION.sub(r"\1 (hidden)", text)
    for secret in (settings.cloud_token, settings.pyroscope_password):
        for form in _forms_of(secret.get_secret_value()):
            text = text.replace(form, "(hidden)")
    return text


def _forms_of(secret: str) -> Iterator[str]:
    if not secret:
        return
    yield secret
    for before in range(3):  # base64 takes three bytes at a time: what stands before shifts the letters
        length = before + len(secret)
        encoded = base64.b64encode(b" " * before + secret.encode()).decode()
        yield encoded[(0, 2, 3)[before] : length // 3 * 4]


def keep_out_of_logs(settings: Settings) -> None:
    """Blot secrets out of the exporters' log lines, which go out over OTLP, too."""

    def blot_out(record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage(), settings), ()
        return True

    logging.getLogger(_QUOTING).addFilter(blot_out)
