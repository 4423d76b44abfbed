"""What kopf keeps in an app's annotations: how far its handlers are, and what they handled last.

Of what was handled a digest is enough: kopf asks only whether there was a change, and a copy of the spec
would be a second one in each object, too large for an annotation when the configuration is large.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, cast

import kopf

from k8s_operator.names import FINALIZER, GROUP


class DigestStorage(kopf.AnnotationsDiffBaseStorage):
    """Keeps a digest of the spec."""

    def build(self, *, body: kopf.Body, extra_fields: Iterable[Any] | None = None) -> kopf.BodyEssence:
        """Give the digest in the place of what it is of."""
        spec = json.dumps(body.get("spec"), sort_keys=True, separators=(",", ":"))
        return cast("kopf.BodyEssence", {"spec": {"digest": sha256(spec.encode()).hexdigest()[:16]}})


def keep_in_annotations(settings: kopf.OperatorSettings) -> None:
    """Have kopf keep what it needs under our own prefix."""
    settings.persistence.finalizer = FINALIZER
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(prefix=GROUP)
    settings.persistence.diffbase_storage = DigestStorage(prefix=GROUP)
