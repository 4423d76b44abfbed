"""HTTP client spans and the duration histogram for `kubernetes.aio`, the official client for asyncio.

Follows semantic conventions 1.44, HTTP client spans and metrics. One span a call, until its answer's head:
a watch goes on for minutes, and its span is no longer than it took to begin. Bodies are not looked at.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from kubernetes.aio.client.rest import RESTClientObject
from opentelemetry.instrumentation.instrumentor import (  # type: ignore[attr-defined]  # untyped module
    BaseInstrumentor,
)

from otelkit.instrumentation.kubernetes_calls import ApiSide

__all__ = ["KubernetesAioInstrumentor"]


class KubernetesAioInstrumentor(BaseInstrumentor):  # type: ignore[misc]  # untyped base
    """Instruments every client of `kubernetes.aio`, those that exist already too.

    `instrument()` takes what `kubernetes_calls.ApiSide` names.
    """

    def instrumentation_dependencies(self) -> Collection[str]:
        """Versions of kubernetes that this was tested with: before 37 there was no `kubernetes.aio`."""
        return ("kubernetes >= 37, < 38",)

    def _instrument(self, **options: Any) -> None:
        self._original = RESTClientObject.request
        RESTClientObject.request = _traced(self._original, ApiSide(__name__, **options))  # type: ignore[method-assign]  # what instrumenting is

    def _uninstrument(self, **_: Any) -> None:
        RESTClientObject.request = self._original  # type: ignore[method-assign]  # likewise


def _traced(original: Any, side: ApiSide) -> Callable[..., Any]:
    @wraps(original)
    async def request(
        client: Any, method: str, url: str, headers: Any = None, *rest: Any, **more: Any
    ) -> Any:
        headers = {} if headers is None else dict(headers)
        call = side.begin(method, url, headers)
        if call is None:
            return await original(client, method, url, headers, *rest, **more)
        try:
            answer = await original(client, method, url, headers, *rest, **more)
        except BaseException as error:
            call.fail(error)
            raise
        call.answered(answer.status)
        return answer

    return request
