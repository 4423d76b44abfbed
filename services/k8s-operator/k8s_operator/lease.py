"""The Lease that says who leads: read, taken, renewed and given back, each in one write that can lose.

Whether another's lease has run out is judged by this machine's clock alone, from when a change of it was
last seen: the times in it are another machine's. (As client-go does. kopf's peering is no election: with
equal priorities all operators pause.)
"""

import time
from datetime import UTC, datetime
from typing import Any

from k8s_operator.client import Api, ApiError
from k8s_operator.settings import Settings

_CONFLICT = 409


class Lease:
    """One operator's view of the lease."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api, self._identity = api, settings.identity
        self._seconds = settings.lease_seconds
        self._metadata = {"namespace": settings.lease_namespace, "name": settings.lease_name}
        self._seen: tuple[Any, ...] = ()
        self._seen_at = 0.0

    async def take(self) -> bool:
        """Take or renew the lease; False when another holds it. Raises as Api."""
        found = await self._api.get(self._named({}))
        spec = (found or {}).get("spec") or {}
        if found is not None and not self._is_free(spec):
            return False
        held = spec.get("holderIdentity") == self._identity
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        new = {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": self._seconds,
            "acquireTime": spec.get("acquireTime", now) if held else now,
            "renewTime": now,
            "leaseTransitions": spec.get("leaseTransitions", 0) + (found is not None and not held),
        }
        return await self._write(found, new)

    async def give_back(self) -> None:
        """Let the next one lead at once. Raises as Api."""
        found = await self._api.get(self._named({}))
        spec = (found or {}).get("spec") or {}
        if spec.get("holderIdentity") == self._identity:
            await self._write(found, {**spec, "holderIdentity": "", "leaseDurationSeconds": 1})

    def _is_free(self, spec: dict[str, Any]) -> bool:
        seen = spec.get("holderIdentity"), spec.get("renewTime"), spec.get("leaseTransitions")
        if seen != self._seen:
            self._seen, self._seen_at = seen, time.monotonic()
        if spec.get("holderIdentity") in (None, "", self._identity):
            return True
        lasts: float = spec.get("leaseDurationSeconds", self._seconds)
        return time.monotonic() - self._seen_at > lasts

    async def _write(self, found: dict[str, Any] | None, spec: dict[str, Any]) -> bool:
        try:
            if found is None:
                await self._api.create(self._named(spec))
            else:
                await self._api.replace({**found, "spec": spec})
        except ApiError as error:
            if error.status == _CONFLICT:  # another was faster
                return False
            raise
        return True

    def _named(self, spec: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": self._metadata,
            "spec": spec,
        }
