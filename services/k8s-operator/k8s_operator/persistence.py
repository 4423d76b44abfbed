"""What kopf keeps in an app's annotations: how far its handlers are, and what they handled last.

Of what was handled a digest is enough: kopf asks only whether there was a change, and a copy of the spec
would be a second one in each object, too large for an annotation when the configuration is large.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, cast

import kopf

from k8s_operator.names import FINALIZER, GROUP


class DigestStorage(kopf.AnnotationsDiffBaseStorage):
    """Keeps a digest of the spec."""

    def build(self, *, body: kopf.Body, extra_fields: Iterable[Any] | None = None) -> kopf.BodyEssence:
        """Give the digest in the place of what it is of."""
        return cast("kopf.BodyEssence", {"spec": {"digest": _digest_of(body)}})


def keep_in_annotations(settings: kopf.OperatorSettings) -> None:
    """Have kopf keep what it needs under our own prefix."""
    settings.persistence.finalizer = FINALIZER
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=GROUP)
    settings.persistence.diffbase_storage = DigestStorage(prefix=GROUP)


def is_answered(app: Mapping[str, Any]) -> bool:
    """Whether kopf has noted that an app's spec was handled."""
    noted = (app["metadata"].get("annotations") or {}).get(f"{GROUP}/last-handled-configuration", "null")
    return bool((json.loads(noted) or {}).get("spec", {}).get("digest") == _digest_of(app))


def _digest_of(body: Mapping[str, Any]) -> str:
    spec = json.dumps(body.get("spec"), sort_keys=True, separators=(",", ":"))
    return sha256(spec.encode()).hexdigest()[:16]
