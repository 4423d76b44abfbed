"""Names of attributes that the conventions (1.44) do not have for NATS, and of subjects with a meaning.

`messaging.system` has no value for NATS yet; `nats` is what its own name would be.
"""

SCOPE = "otelkit.instrumentation.nats"
SYSTEM = "nats"

STREAM = "messaging.nats.stream.name"
SEQUENCE = "messaging.nats.stream.sequence"
DUPLICATE = "messaging.nats.stream.duplicate"
"""True on a publish that the stream knew by its message id, and did not store again."""
DELIVERIES = "messaging.nats.message.delivery_count"
"""1 for a message's first delivery, more for redeliveries."""
DELAY = "messaging.nats.nak.delay"
"""After how many seconds the message is to come again."""
OBJECT = "messaging.nats.object.name"
CHUNKS = "messaging.nats.object.chunk_count"
SERVICE = "messaging.nats.service.name"
ENDPOINT = "messaging.nats.endpoint.name"

INBOX = "(inbox)"
"""The template of subjects that exist for one requester, or one reply."""
DEFAULT_INBOXES = "_INBOX."
INTERNAL = "$JS."
"""Requests to JetStream, acknowledgements, flow control: no messages of the application's."""
KEY_VALUE, OBJECTS = "$KV.", "$O."
"""What subjects of the buckets begin with; a bucket is one destination, whatever is in it."""
ACKNOWLEDGEMENTS = "$JS.ACK."

MESSAGE_ID = "Nats-Msg-Id"
SERVICE_ERROR_CODE = "Nats-Service-Error-Code"
