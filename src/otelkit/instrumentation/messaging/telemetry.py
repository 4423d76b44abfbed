"""What one instrumentation records with: tracer, instruments, settings, and how an operation begins."""

from collections.abc import Sequence
from time import time_ns
from typing import Any

from opentelemetry.context import Context
from opentelemetry.metrics import MeterProvider
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MessagingOperationTypeValues,
)
from opentelemetry.trace import Link, SpanKind, TracerProvider, get_tracer, set_span_in_context

from otelkit.instrumentation.baggage_hosts import BaggageHosts
from otelkit.instrumentation.idle import Idleness
from otelkit.instrumentation.messaging.carriers import (
    Creation,
    Headers,
    carries_context,
    creation_of,
    inject,
    links_of,
    rebase,
)
from otelkit.instrumentation.messaging.instruments import SCHEMA, instruments_of
from otelkit.instrumentation.messaging.operations import Operation
from otelkit.instrumentation.messaging.plans import SENDS, Attributes, Plan, make_plan
from otelkit.instrumentation.messaging.scopes import current_context, is_suppressed
from otelkit.instrumentation.messaging.settings import Settings
from otelkit.instrumentation.messaging.templates import Destination


class Telemetry:
    """Shared by all operations of one `instrument()`; `active` is False after `uninstrument()`."""

    def __init__(
        self,
        scope: str,
        settings: Settings,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self.settings = settings
        self.hosts = BaggageHosts(settings.baggage_hosts)
        self.instruments = instruments_of(scope, meter_provider)
        self._durations = dict.fromkeys(SpanKind, self.instruments.operation)
        self._durations[SpanKind.CONSUMER] = self.instruments.process
        self.active = True
        self._links_only = settings.single_message == "link"
        self._tracer = get_tracer(scope, tracer_provider=tracer_provider, schema_url=SCHEMA)
        self.is_idle = Idleness(self._tracer, self.instruments.operation.histogram)
        """Whether nobody is to be told."""

    def plan(
        self,
        operation: str,
        type_: MessagingOperationTypeValues,
        destination: Destination | str,
        common: Attributes,
        extra: Attributes | None = None,
    ) -> Plan:
        """Work out what an operation says.

        Args:
            operation: the library's word for it: `publish`, `fetch`, `ack`.
            type_: the convention's word: decides the span's kind and what is counted.
            destination: its name, empty for none; names of spans and points say its template if that differs.
            common: system and server, of spans and points.
            extra: of the span alone.
        """
        tallies = self.instruments.sent if type_ in SENDS else self.instruments.consumed
        return make_plan(operation, type_, destination, {**common}, {**(extra or {})}, tallies)

    def is_off(self) -> bool:
        """Say whether an operation that begins now gets no telemetry and has no context to pass on."""
        context = current_context()
        return not self.active or (is_suppressed(context) if context else self.is_idle())

    def is_deaf_to(self, headers: Headers | None, around: Context | None = None) -> bool:
        """Say whether a message that arrived gets no telemetry, and brings no context to pass on.

        Whoever loops, or processes by a block, may have suppressed it `around` there, in the current context.
        """
        if around and is_suppressed(current_context()):
            return True
        return not self.active or (self.is_idle() and not (headers and carries_context(headers)))

    def begin(
        self,
        plan: Plan,
        more: Attributes | None = None,
        links: Sequence[Link] = (),
        start_nanos: int | None = None,
    ) -> Operation:
        """Begin what a client does in the current context: send, receive, settle; `more` is the span's.

        What is known only when it is over, as the message that was received, begins with `start_nanos`.
        """
        return self._begin(plan, more, current_context(), links, start_nanos)

    def begin_process(
        self,
        plan: Plan,
        headers: Headers | None,
        more: Attributes | None = None,
        around: Context | None = None,
        created: Creation | None = None,
    ) -> Operation:
        """Begin to process one message.

        Args:
            plan: of the operation and destination.
            headers: the message's own, of which nothing has to be right.
            more: attributes of the span.
            around: what surrounds a loop over messages; the parent where the creation context is not. A
                callback has none: the context that it was registered in says nothing of its messages.
            created: what was read from the headers before.
        """
        parent, link = created or creation_of(headers)
        if link is None or self._links_only:
            parent = rebase(parent, around)
        return self._begin(plan, more, parent, () if link is None else (link,))

    def begin_process_of_all(
        self, plan: Plan, headers: Sequence[Headers | None], more: Attributes | None = None
    ) -> Operation:
        """Begin to process messages together, in the current context, with a link to each one's creation."""
        return self._begin(plan, more, current_context(), links_of(headers))

    def headers_of(self, operation: Operation, headers: Headers | None, host: str) -> dict[str, Any]:
        """Give the application's headers with the operation's context; baggage if `host` may see it."""
        return inject(headers, self.hosts.context_for(host, operation.context))

    def _begin(
        self,
        plan: Plan,
        more: Attributes | None,
        parent: Context,
        links: Sequence[Link],
        start_nanos: int | None = None,
    ) -> Operation:
        start = start_nanos or time_ns()
        duration = self._durations[plan.kind]
        attributes = {**plan.span, **more} if more else plan.span
        span = self._tracer.start_span(plan.name, parent, plan.kind, attributes, links, start)
        return Operation(plan, span, set_span_in_context(span, parent), duration, start)
