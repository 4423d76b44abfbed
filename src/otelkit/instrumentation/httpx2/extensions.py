"""What a request carries for its telemetry, in httpx2's `extensions`: they follow it through redirects.

`url.template` (semantic conventions 1.44, development) is the low-cardinality target that a span name needs:
only the caller knows it, as in `client.post(url, extensions=described("/orders/{id}"))`.
"""

from dataclasses import dataclass
from typing import Any

from httpx2 import URL, Request

URL_TEMPLATE = "url.template"
_SENT = "otelkit.sent"


@dataclass(slots=True)
class Sent:
    """How often a request was sent, where to at first, and the propagation headers of the last time.

    One object for a request and all that come of it: a login sends the one before a redirect once more.
    """

    url: URL
    times: int = 0
    headers: tuple[str, ...] = ()


def described(url_template: str) -> dict[str, Any]:
    """Extensions that name a request's span `METHOD url_template`."""
    return {URL_TEMPLATE: url_template}


def template_of(request: Request, sent: Sent) -> str:
    """The template that the caller gave, or an empty string: it says nothing of where a redirect leads."""
    template = request.extensions.get(URL_TEMPLATE, "")
    return str(template) if not sent.times or request.url == sent.url else ""


def sent_before(request: Request) -> Sent:
    """What is known of earlier attempts; httpx2 copies extensions when it redirects."""
    sent: Sent | None = request.extensions.get(_SENT)
    if sent is None:
        sent = request.extensions[_SENT] = Sent(request.url)
    return sent
