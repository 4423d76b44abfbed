"""Calls of a Kubernetes API as HTTP client spans: shared by `kubernetes_aio` and `kopf`, copied with them.

Follows semantic conventions 1.44, HTTP client spans and metrics. The span's name and `url.template` have the
path with namespace and name left out, so that both are of low cardinality; `url.full` has no query, in which
selectors and options can say more than a trace may.
"""

from otelkit.instrumentation.kubernetes_calls.call import ApiCall
from otelkit.instrumentation.kubernetes_calls.side import ApiSide
from otelkit.instrumentation.kubernetes_calls.templates import template_of

__all__ = ["ApiCall", "ApiSide", "template_of"]
