"""Around kopf's execution of a handler: what begins a call, what ends it, and what follows from it."""

from contextvars import ContextVar
from functools import wraps
from typing import Any

from kopf._cogs.clients import auth
from kopf._core.intents import causes
from opentelemetry import context as contexts
from opentelemetry import propagate
from opentelemetry.context import Context
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import get_tracer

from otelkit.instrumentation.kopf.annotations import Writers
from otelkit.instrumentation.kopf.calls import HandlerCall, seconds_since
from otelkit.instrumentation.kopf.describing import is_observed, measured, reason_of
from otelkit.instrumentation.kopf.instruments import Instruments
from otelkit.instrumentation.kopf.options import Options
from otelkit.instrumentation.kopf.queues import Queues
from otelkit.instrumentation.kubernetes_calls import ApiSide

_SCOPE = "otelkit.instrumentation.kopf"
_CURRENT: ContextVar[HandlerCall | None] = ContextVar("otelkit_kopf_call", default=None)
_FOLLOWS: ContextVar[Context | None] = ContextVar("otelkit_kopf_follows", default=None)


class Handling:
    """Wraps the functions of kopf that telemetry needs."""

    def __init__(self, options: Options) -> None:
        self._tracer = get_tracer(
            _SCOPE, tracer_provider=options.tracer_provider, schema_url=Schemas.V1_44_0.value
        )
        self.queues = Queues()
        self._api = ApiSide(_SCOPE, options.tracer_provider, options.meter_provider, options.baggage_hosts)
        self.meters = Instruments(_SCOPE, options.meter_provider, self.queues.depths)
        self._writers = Writers(options.annotation_name())

    def around_execution(self, execute: Any) -> Any:
        """Wrap `execute_handler_once`, which knows the outcome."""

        @wraps(execute)
        def executed(*, handler: Any, **more: Any) -> Any:
            if not is_observed(handler):  # most calls: no coroutine of ours around them
                return execute(handler=handler, **more)
            return self._observe(execute, handler, **more)

        return executed

    async def _observe(self, execute: Any, handler: Any, *, cause: Any, state: Any, **more: Any) -> Any:
        call = self._begin(handler, cause, state)
        current, token = _CURRENT.set(call), contexts.attach(call.context)
        outcome, error = None, None
        try:
            outcome = await execute(handler=handler, cause=cause, state=state, **more)
        except BaseException as caught:
            error = caught
            raise
        finally:
            contexts.detach(token)
            _CURRENT.reset(current)
            call.end(outcome, error, self.meters)
            self._measure_convergence(handler, cause, state, outcome, call.context)
            follows = call.parent_of_what_follows()
            if follows is not None:
                _FOLLOWS.set(follows)
        return outcome

    @staticmethod
    def around_invocation(invoke: Any) -> Any:
        """Wrap `invoke_handler`, after which kopf logs, whatever the handler did."""

        async def told(call: HandlerCall, arguments: dict[str, Any]) -> Any:
            result = await invoke(**arguments)
            call.returned(result)
            return result

        @wraps(invoke)
        def invoked(**arguments: Any) -> Any:
            call = _CURRENT.get()
            return invoke(**arguments) if call is None else told(call, arguments)

        return invoked

    @staticmethod
    def around_processing(process: Any) -> Any:
        """Wrap the processing of one event: what follows from a call ends with it."""

        @wraps(process)
        async def processed(*arguments: Any, **named: Any) -> Any:
            token = _FOLLOWS.set(None)
            try:
                return await process(*arguments, **named)
            finally:
                _FOLLOWS.reset(token)

        return processed

    def around_request(self, request: Any) -> Any:
        """Wrap kopf's own API calls: those in a handler, or that follow from one, have spans."""
        original = request.__wrapped__  # behind it the server is known

        @auth.authenticated
        @wraps(original)
        async def requested(method: str, url: str, *, context: Any, **more: Any) -> Any:
            parent = contexts.get_current() if _CURRENT.get() else _FOLLOWS.get()
            full = url if "://" in url else f"{context.server.rstrip('/')}/{url.lstrip('/')}"
            headers = dict(more.pop("headers", None) or {})
            call = None if parent is None else self._api.begin(method, full, headers, parent)
            if call is None:
                return await original(method, url, headers=headers, context=context, **more)
            try:
                answer = await original(method, url, headers=headers, context=context, **more)
            except BaseException as error:
                status = getattr(error, "status", None)
                if isinstance(status, int):
                    call.answered(status)
                else:
                    call.fail(error)
                raise
            call.answered(answer.status)
            return answer

        return requested

    def _begin(self, handler: Any, cause: Any, state: Any) -> HandlerCall:
        reason = reason_of(cause, handler)
        writer = self._writers.find(cause) if isinstance(cause, causes.ResourceCause) else ""
        known = measured(cause, handler, reason)
        writer = "" if reason == "resume" else writer  # seen again after a start, and no change
        return HandlerCall(self._tracer, cause, known, state.retries, writer, _parent_of(cause))

    def _measure_convergence(
        self, handler: Any, cause: Any, state: Any, outcome: Any, context: Context
    ) -> None:
        is_answered = outcome is not None and outcome.final and outcome.exception is None
        if is_answered and isinstance(cause, causes.ChangingCause):
            known = measured(cause, handler, str(cause.reason))
            self.meters.convergence.record(seconds_since(state.started), known, context)


def _parent_of(cause: Any) -> Context:
    if _CURRENT.get() is not None:  # a sub-handler
        return contexts.get_current()
    if isinstance(cause, causes.WebhookCause):
        return propagate.extract(dict(cause.headers), Context())
    return Context()  # a task inherits what was current when the operator was started
