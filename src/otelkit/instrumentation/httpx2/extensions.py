"""What a request carries for its telemetry, in httpx2's `extensions`: they follow it through redirects.

`url.template` (semantic conventions 1.44, development) is the low-cardinality target that a span name needs:
only the caller knows it, as in `client.post(url, extensions=described("/orders/{id}"))`.
"""

from dataclasses import dataclass
from typing import Any

from httpx2 import Request

URL_TEMPLATE = "url.template"
_SENT = "otelkit.sent"


@dataclass(slots=True)
class Sent:
    """How often a request was sent, and the propagation headers that the last time added.

    One object for a request and all that come of it: a login sends the one before a redirect once more.
    """

    times: int = 0
    headers: tuple[str, ...] = ()


def described(url_template: str) -> dict[str, Any]:
    """Extensions that name a request's span `METHOD url_template`."""
    return {URL_TEMPLATE: url_template}


def template_of(request: Request) -> str:
    """The template that the caller gave, or an empty string."""
    return str(request.extensions.get(URL_TEMPLATE, ""))


def sent_before(request: Request) -> Sent:
    """What is known of earlier attempts; httpx2 copies extensions when it redirects."""
    sent: Sent = request.extensions.setdefault(_SENT, Sent())
    return sent
