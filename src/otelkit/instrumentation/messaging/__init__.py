"""What one operation on messages is in telemetry: shared by `nats` and `aio_pika`, copied along with either.

Follows semantic conventions 1.44, "Messaging spans" and "Messaging metrics": names are `{operation}
{destination}`; `send` is PRODUCER, `process` CONSUMER, `receive` and `settle` are CLIENT. A message's
creation context is the span that published it: each consuming span links to it, and by setting it is the
parent too.
"""

from otelkit.instrumentation.messaging.operations import Operation
from otelkit.instrumentation.messaging.plans import Plan, Plans
from otelkit.instrumentation.messaging.scopes import Block, Scope, Turns
from otelkit.instrumentation.messaging.settings import Settings, read_settings
from otelkit.instrumentation.messaging.telemetry import Telemetry
from otelkit.instrumentation.messaging.templates import Destination, Templates

__all__ = [
    "Block",
    "Destination",
    "Operation",
    "Plan",
    "Plans",
    "Scope",
    "Settings",
    "Telemetry",
    "Templates",
    "Turns",
    "read_settings",
]
