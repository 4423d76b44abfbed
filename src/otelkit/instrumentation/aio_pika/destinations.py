"""What destinations are called, by semantic conventions 1.44, "RabbitMQ".

A sender names `exchange:routing_key`, a consumer `exchange:routing_key:queue`; what is empty, or is said
already, is left out. Decision: names that a broker or a client made up are one word in the template.
"""

import re
from collections.abc import Iterable
from typing import Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_DESTINATION_ANONYMOUS,
    MESSAGING_DESTINATION_TEMPORARY,
    MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY,
    MESSAGING_SYSTEM,
    MessagingSystemValues,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from yarl import URL

from otelkit.instrumentation.messaging import Destination, Templates

ANONYMOUS = "(anonymous)"
DEFAULT = "amq.default"  # neither exchange nor routing key: the convention's word
_MADE_UP = re.compile(r"amq\.gen-.*|amq\.rabbitmq\.reply-to\..*|amq_[0-9a-f]{32}", re.DOTALL)
_PORT, _PORTS = 5672, {"amqps": 5671}


class Namer:
    """Composes names and templates."""

    def __init__(self, given: Iterable[str]) -> None:
        self._templates = Templates(tuple(given))

    def compose(self, *parts: str | None, default: str = "") -> Destination:
        """Give the destination of exchange, routing key and, for a consumer, queue."""
        named = [part for part in parts if part]
        return Destination(_join(named) or default, _join(map(self._template_of, named)) or default)

    def _template_of(self, part: str) -> str:
        return ANONYMOUS if is_made_up(part) else self._templates.of(part)


def is_made_up(name: str | None) -> bool:
    """Say whether nobody chose this name: a broker's or a client's own, or a place for replies."""
    return bool(name and _MADE_UP.fullmatch(name))


def server_of(url: URL | None) -> dict[str, Any]:
    """Give system, address and port, as far as they are known; never the user or the password."""
    system = {MESSAGING_SYSTEM: MessagingSystemValues.RABBITMQ.value}
    if url is None or not url.host:
        return system
    return {**system, SERVER_ADDRESS: url.host, SERVER_PORT: url.port or _PORTS.get(url.scheme, _PORT)}


def details_of(routing_key: str | None, queue: str | None) -> dict[str, Any]:
    """Give what spans say beside the name; `queue` is the one that messages come from, or go to."""
    details: dict[str, Any] = {}
    if routing_key:
        details[MESSAGING_RABBITMQ_DESTINATION_ROUTING_KEY] = routing_key
    if is_made_up(queue):
        details[MESSAGING_DESTINATION_ANONYMOUS] = details[MESSAGING_DESTINATION_TEMPORARY] = True
    return details


def _join(parts: Iterable[str]) -> str:
    return ":".join(dict.fromkeys(parts))
