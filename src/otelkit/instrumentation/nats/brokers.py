"""The server that a client is connected to, and what operations there say: looked up by their subjects.

A client that moves to another server of its cluster gets another broker. Templates stand in span names and on
points; the whole subject is on the span. An inbox is one for one requester: it has a template and no name.
Convention: "Messaging spans" (1.44), destination names and temporary destinations.
"""

from typing import TYPE_CHECKING, Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_DESTINATION_ANONYMOUS,
    MESSAGING_DESTINATION_TEMPORARY,
    MESSAGING_SYSTEM,
    MessagingOperationTypeValues,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.messaging import Destination, Plan, Plans
from otelkit.instrumentation.nats.vocabulary import (
    DEFAULT_INBOXES,
    INBOX,
    INTERNAL,
    KEY_VALUE,
    OBJECTS,
    SYSTEM,
)

if TYPE_CHECKING:
    from otelkit.instrumentation.nats.telemetry import NatsTelemetry

SEND, RECEIVE = MessagingOperationTypeValues.SEND, MessagingOperationTypeValues.RECEIVE
STORES = (KEY_VALUE, OBJECTS)
OF_INBOX = {MESSAGING_DESTINATION_TEMPORARY: True, MESSAGING_DESTINATION_ANONYMOUS: True}
_DEFAULT_PORT = 4222


class Broker:
    """One server, seen by one client of one instrumentation."""

    def __init__(self, telemetry: "NatsTelemetry", client: Any) -> None:
        known = vars(client) if client is not None else {}
        self.telemetry, self.server = telemetry, known.get("_current_server")
        self.takes_headers: bool = known.get("_server_info", {}).get("headers", True)
        self.host, self.common = _address_of(self.server)
        own = known.get("_inbox_prefix", b"").decode() + "."
        self.inboxes = (DEFAULT_INBOXES, own) if len(own) > 1 else (DEFAULT_INBOXES,)
        self._publishes: Plans[str] = Plans(self._publish)
        self._requests: Plans[str] = Plans(self._request)
        self._stores: Plans[tuple[str, str, bool]] = Plans(self._store)
        self.replies = telemetry.plan("respond", SEND, Destination("", INBOX), self.common, OF_INBOX)

    def publish_plan(self, subject: str) -> Plan | None:
        """Give the plan of a publish; `replies` for an inbox, and None for what gets no telemetry."""
        return self._publishes.get(subject) or self._learn(subject)

    def request_plan(self, subject: str) -> Plan | None:
        """Give the plan of a request, or None."""
        if not isinstance(subject, str) or not subject:
            return None
        if subject.startswith(INTERNAL) and self.telemetry.settings.management == "none":
            return None
        return self._requests[subject]

    def destination_of(self, subject: str) -> Destination:
        """Give a subject and its template."""
        if subject.startswith(self.inboxes):
            return Destination("", INBOX)
        if subject.startswith(STORES):
            return Destination(subject, ".".join(subject.split(".")[:2]))
        return Destination(subject, self.telemetry.templates.of(subject))

    def store_plan(self, word: str, bucket: str, *, writes: bool) -> Plan:
        """Give the plan of an operation on a bucket, named by its subjects: `$KV.stock`."""
        return self._stores[word, bucket, writes]

    def _learn(self, subject: Any) -> Plan | None:
        # What is no subject raises in the library, as it would without us.
        if not isinstance(subject, str) or not subject or subject.startswith(INTERNAL):
            return None
        return self.replies if subject.startswith(self.inboxes) else self._publishes[subject]

    def _publish(self, subject: str) -> Plan:
        return self.telemetry.plan("publish", SEND, self.destination_of(subject), self.common)

    def _store(self, key: tuple[str, str, bool]) -> Plan:
        word, bucket, writes = key
        return self.telemetry.plan(word, SEND if writes else RECEIVE, Destination("", bucket), self.common)

    def _request(self, subject: str) -> Plan:
        plan = self.telemetry.plan("request", SEND, self.destination_of(subject), self.common)
        plan.kind = SpanKind.CLIENT  # who sends it waits for the answer
        return plan


def _address_of(server: Any) -> tuple[str, dict[str, str | int]]:
    uri = getattr(server, "uri", None)
    if uri is None or not uri.hostname:
        return "", {MESSAGING_SYSTEM: SYSTEM}
    common = {
        MESSAGING_SYSTEM: SYSTEM,
        SERVER_ADDRESS: uri.hostname,
        SERVER_PORT: uri.port or _DEFAULT_PORT,
    }
    return uri.hostname, common
