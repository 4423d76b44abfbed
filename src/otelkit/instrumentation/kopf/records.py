"""Log records of kopf's object loggers, made fit to leave the process.

kopf hands each record its whole settings and a reference to the object, for its own handler that posts
events. Behind that one, ours takes the settings out and makes attributes of the reference. Not reported to
kopf; who met it: https://github.com/PrefectHQ/prefect/pull/19201. Reproduced in
tests/otelkit/instrumentation/kopf/test_upstream_defects.py.
"""

import logging
from collections.abc import Callable

from kopf._core.actions.loggers import logger
from opentelemetry.semconv.attributes.k8s_attributes import K8S_NAMESPACE_NAME

from otelkit.instrumentation.kopf.describing import KIND, NAME, UID

_NAMES = {"kind": KIND, "name": NAME, "uid": UID, "namespace": K8S_NAMESPACE_NAME}


class _Tidier(logging.Handler):
    """Changes records, so that the handlers of the loggers above find them changed."""

    def emit(self, record: logging.LogRecord) -> None:
        known = record.__dict__
        for name in ("settings", "k8s_skip"):
            known.pop(name, None)
        for name, value in (known.pop("k8s_ref", None) or {}).items():
            if name in _NAMES and value is not None:
                known[_NAMES[name]] = value


def tidy_records() -> Callable[[], None]:
    """Begin to tidy; gives what ends it."""
    tidier = _Tidier()
    logger.addHandler(tidier)
    return lambda: logger.removeHandler(tidier)
