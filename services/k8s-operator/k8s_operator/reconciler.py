"""The reconcile itself: make the children as an app asks, then say how it stands.

What is as it should be is not written, so a reconcile that finds all well calls nothing. A child that is not
known yet is applied without force: a conflict then says that somebody else has an object of that name.
"""

import logging
from collections.abc import Mapping
from typing import Any

from k8s_operator.app import App, InvalidAppError, read_app
from k8s_operator.cache import Children
from k8s_operator.client import Api, ApiError
from k8s_operator.conditions import Status, refused, running
from k8s_operator.differences import matches
from k8s_operator.failures import is_permanent
from k8s_operator.names import API_VERSION, KIND
from k8s_operator.written import Written
from otelkit.instrumentation.kopf import annotate

Body = Mapping[str, Any]
_CONFLICT = 409
_log = logging.getLogger(__name__)


class RefusedError(Exception):
    """An app that will not run until somebody changes it; its status says so already."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Reconciler:
    """Reconciles apps with what is in the cluster, as far as watches and own writes show it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._written: dict[str, Written] = {}

    async def reconcile(self, body: Body, cache: Children) -> list[str]:
        """Make an app's children as it asks; gives the kinds that were written.

        Raises RefusedError, and what Api raises: then again later.
        """
        try:
            app = read_app(body)
            written = await self._write_children(app, cache)
        except InvalidAppError as error:
            raise await self._refuse(body, "Invalid", str(error)) from None
        except ApiError as error:
            if not is_permanent(error):
                raise
            raise await self._refuse(body, "RefusedByApi", str(error)) from None
        deployment = self._child(app, "Deployment", cache)
        await self._tell(body, running(app, deployment, self._status_of(body)))
        return written

    def is_well(self, body: Body, cache: Children) -> bool:
        """Whether a reconcile would write nothing."""
        try:
            app = read_app(body)
        except InvalidAppError:
            return True  # its status says so
        children = self._written_by(app.uid).wanted(app)
        found = {wanted["kind"]: self._child(app, wanted["kind"], cache) for wanted in children}
        if not all(matches(found[wanted["kind"]], wanted) for wanted in children):
            return False
        status = self._status_of(body)
        return matches(status, running(app, found["Deployment"], status))

    def known(self) -> set[str]:
        """Give the apps of which something is remembered."""
        return set(self._written)

    def forget(self, uid: str) -> None:
        """Forget an app that is gone."""
        self._written.pop(uid, None)

    def child_is_gone(self, uid: str, child: Body) -> None:
        """Take note that a child was deleted."""
        self._written_by(uid).gone(child["kind"], child)

    async def read_again(self, app: Body) -> Body | None:
        """Read an app from the API; None when it is gone, or another one has its name. Raises as Api."""
        metadata = {key: app["metadata"][key] for key in ("namespace", "name")}
        found = await self._api.get({"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata})
        return found if found and found["metadata"]["uid"] == app["metadata"]["uid"] else None

    def _child(self, app: App, kind: str, cache: Children) -> Body | None:
        return self._written_by(app.uid).latest(kind, cache.child(kind, app.namespace, app.name))

    def _written_by(self, uid: str) -> Written:
        return self._written.setdefault(uid, Written())

    async def _write_children(self, app: App, cache: Children) -> list[str]:
        written = []
        for wanted in self._written_by(app.uid).wanted(app):
            kind = wanted["kind"]
            current = self._child(app, kind, cache)
            if current is None or not matches(current, wanted):
                await self._apply(app, wanted, is_known=current is not None)
                written.append(kind)
        return written

    async def _apply(self, app: App, wanted: dict[str, Any], *, is_known: bool) -> None:
        metadata = wanted["metadata"]
        wanted = {**wanted, "metadata": {**metadata, "annotations": annotate(dict(metadata["annotations"]))}}
        try:
            applied = await self._api.apply(wanted, force=is_known)
        except ApiError as error:
            if is_known or error.status != _CONFLICT:
                raise
            found = await self._api.get(wanted)
            owners = (found or {}).get("metadata", {}).get("ownerReferences") or ()
            if found and not any(owner["uid"] == app.uid for owner in owners):
                name = f"{wanted['kind']} {app.name}"
                raise InvalidAppError(
                    f"{name} is there already and not this app's: give another name"
                ) from None
            applied = await self._api.apply(wanted)
        self._written_by(app.uid).note(wanted["kind"], applied)

    async def _refuse(self, body: Body, reason: str, message: str) -> RefusedError:
        _log.warning("app refused: %s", message)
        generation = body["metadata"].get("generation", 0)
        await self._tell(body, refused(generation, reason, message, self._status_of(body)))
        return RefusedError(reason, message)

    def _status_of(self, body: Body) -> Body:
        latest = self._written_by(body["metadata"]["uid"]).latest(KIND, body)
        return (latest or {}).get("status") or {}

    async def _tell(self, body: Body, status: Status) -> None:
        metadata = body["metadata"]
        if matches(self._status_of(body), status):
            return
        identity = {key: metadata[key] for key in ("namespace", "name")}
        patch = {"apiVersion": API_VERSION, "kind": KIND, "metadata": identity, "status": status}
        told = await self._api.apply(patch, subresource="/status")
        self._written_by(metadata["uid"]).note(KIND, told)
