"""Handlers: which events lead to a reconcile, and what kopf is to do when it fails.

A change of an app is kopf's to repeat: it keeps count in the app, over restarts, and until it is answered
the app's children are left to it. Events of children are not repeated by kopf, so drift is corrected until
it is corrected, within the child's own queue.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import kopf

from k8s_operator.cache import Cache, kept_of
from k8s_operator.cleanup import Cleanup
from k8s_operator.failures import Backoff, pause_after
from k8s_operator.names import API_VERSION, INSTANCE, KIND
from k8s_operator.reconciler import Reconciler, RefusedError
from k8s_operator.turns import Turns

Index = dict[tuple[str | None, str], dict[str, Any]]


@dataclass(frozen=True)
class Handlers:
    """Handlers of one operator."""

    reconciler: Reconciler
    cleanup: Cleanup
    turns: Turns
    backoff: Backoff
    settled: set[str] = field(default_factory=set)  # apps whose latest change is answered

    @staticmethod
    async def index(body: kopf.Body, namespace: str | None, name: str, **_: Any) -> Index:
        """Keep what a watch shows; a coroutine, because kopf has a thread for each call of what is none."""
        return {(namespace, name): kept_of(body)}

    async def change(self, body: kopf.Body, uid: str, retry: int, reason: str, **more: Any) -> None:
        """Answer a change of an app, or its first sight after a start."""
        try:
            async with self.turns.turn(uid):
                self.settled.discard(uid)
                written = await self.reconciler.reconcile(body, Cache(more))
                self.settled.add(uid)
        except RefusedError as error:
            kopf.warn(body, reason=error.reason, message=str(error))
            raise kopf.PermanentError(str(error)) from None
        except Exception as error:
            raise self._again(error, retry) from error
        if written:
            kopf.info(body, reason="Reconciled", message=f"wrote {', '.join(written)} ({reason})")

    async def forget(self, uid: str, namespace: str | None, name: str, retry: int, **_: Any) -> None:
        """Take an app that is to go out of what is outside; its children go by their owner."""
        try:
            if self.cleanup.is_needed:
                await self.cleanup.forget(namespace, name)
        except (httpx2.TransportError, httpx2.HTTPStatusError) as error:
            raise kopf.TemporaryError(str(error), delay=self.backoff.seconds(retry)) from error
        self.settled.discard(uid)  # its children go from now on, and are not made again

    async def gone(self, uid: str, **_: Any) -> None:
        """Forget an app that is gone: without a finalizer nobody else tells."""
        async with self.turns.turn(uid):
            self.settled.discard(uid)
            self.reconciler.forget(uid)

    async def correct(self, body: kopf.Body, type: str | None, **more: Any) -> None:  # noqa: A002 - kopf's name
        """Answer an event of a child: make it as its app asks, if it is not."""
        cache, failed = Cache(more), 0
        if type == "DELETED" and (app := _app_of(body, cache)):
            self.reconciler.child_is_gone(app["metadata"]["uid"], body)
        while True:
            try:
                await self._correct_once(body, cache, is_gone=type == "DELETED")
            except RefusedError:
                return
            except Exception as error:
                pause = pause_after(error, failed, self.backoff)
                if pause is None:
                    raise
                failed += 1
                await asyncio.sleep(pause)
            else:
                return

    async def _correct_once(self, child: Mapping[str, Any], cache: Cache, *, is_gone: bool) -> None:
        app = _app_of(child, cache)
        if app is None:
            return
        async with self.turns.turn(app["metadata"]["uid"]):
            app = _app_of(child, cache)
            if app is None or app["metadata"]["uid"] not in self.settled:
                return
            if is_gone:  # with its app, whose own event may be late?
                app = await self.reconciler.read_again(app)
            if app is None or app["metadata"].get("deletionTimestamp"):
                return
            if written := await self.reconciler.reconcile(app, cache):
                kopf.info(app, reason="DriftCorrected", message=f"wrote {', '.join(written)}")  # type: ignore[arg-type]  # it reads no more than we keep

    def _again(self, error: Exception, retry: int) -> Exception:
        pause = pause_after(error, retry, self.backoff)
        return error if pause is None else kopf.TemporaryError(str(error) or repr(error), delay=pause)


def _app_of(child: Mapping[str, Any], cache: Cache) -> Mapping[str, Any] | None:
    """Give the app that a child belongs to, by its owner, or by its label when it has lost the owner."""
    metadata = child["metadata"]
    owners = metadata.get("ownerReferences") or ()
    ours = (one for one in owners if (one["kind"], one["apiVersion"]) == (KIND, API_VERSION))
    owner: Mapping[str, Any] = next(ours, {})
    name = owner.get("name") or (metadata.get("labels") or {}).get(INSTANCE, "")
    app = cache.app(metadata["namespace"], name)
    if app is None or owner.get("uid", app["metadata"]["uid"]) != app["metadata"]["uid"]:
        return None
    return app
